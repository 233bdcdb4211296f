import { readdirSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import Docker from 'dockerode';
import { runsAsRoot } from './needs.js';
import type { Operator } from './operators.js';

/** The Docker engine of the tests: the one that DOCKER_HOST names, as scripts/engine/up.mjs prints it. */
export interface TestEngine {
  readonly docker: Docker;
  readonly address: string;
  readonly runtimes: readonly string[];
  /** An ordinary user who may speak with the engine. */
  readonly member: Operator;
}

/** null where no local engine answers. */
export async function findEngine(): Promise<TestEngine | null> {
  const address = process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
  const socketPath = /^unix:\/\/(.*)$/.exec(address)?.[1];
  if (socketPath === undefined) return null;
  const docker = new Docker({ socketPath });
  try {
    const { Runtimes } = await docker.info();
    const member: Operator = {
      name: 'a member of the group docker',
      uid: runsAsRoot ? 1547 : (process.getuid?.() ?? 0),
      gid: runsAsRoot ? statSync(socketPath).gid : (process.getgid?.() ?? 0),
      part: 'Linux',
      present: process.platform === 'linux',
    };
    return { docker, address, runtimes: Object.keys(Runtimes ?? {}), member };
  } catch {
    return null;
  }
}

/** The tag of the newest image of ours by this name, which the last start built or used. */
export async function newestImage(docker: Docker, name: 'shell' | 'sidecar'): Promise<string> {
  const found = (await docker.listImages())
    .sort((a, b) => b.Created - a.Created)
    .flatMap(({ RepoTags }) => RepoTags ?? [])
    .find((tag) => tag.startsWith(`bot-bottle/${name}:`));
  if (found === undefined) throw new Error(`the engine has no image of the ${name}`);
  return found;
}

/** Everything that a bottle may leave at an engine or on this machine. */
export function leftovers(engine: TestEngine, folders: readonly string[]): Promise<string[]> {
  return everythingAt(engine, folders, { label: ['bot-bottle.bottle'] });
}

/** Every container, network and volume, whoever made them, and the files in the folders. */
export async function everythingAt(
  { docker }: TestEngine,
  folders: readonly string[],
  filter: Readonly<Record<string, readonly string[]>> = {},
): Promise<string[]> {
  const filters = JSON.stringify(filter);
  const [containers, networks, { Volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return [
    ...containers.map(({ Names }) => `container ${Names}`),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...(Volumes ?? []).map(({ Name }) => `volume ${Name}`),
    ...folders.flatMap((folder) => filesIn(folder).map((name) => `file ${folder}/${name}`)),
  ].sort();
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name !== '.bottles');
  } catch {
    return [];
  }
}

/** An address of this machine that a container's packets can be routed to. */
export function outerAddress(): string {
  const found = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find(({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('10.21'));
  if (!found) throw new Error('this machine has no address besides loopback');
  return found.address;
}
