import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { BottleError } from '../../contract/errors.js';
import { outputError } from '../../contract/standard-streams.js';
import type {
  BackendServices,
  BottleManagement,
  BottleSummary,
  PruneReport,
  PruneRequest,
} from '../../plan/ports.js';
import { detachKeys, joinTerminal } from './attachment.js';
import { patchFile, patchOf } from './copy.js';
import { connectEngine, ifThere } from './engine.js';
import { splitFrames } from './frames.js';
import { labels, nameOf } from './names.js';
import { ownerState } from './ownership.js';
import { allSettled, removeBottle } from './teardown.js';

const ours = { label: [labels.bottle] };

export const management: BottleManagement = {
  list: async (services) => list(engineOf(services)),
  stop: async (bottle, services) => {
    const docker = engineOf(services);
    await find(docker, bottle);
    // The agent's end ends `start`, which takes the bottle down; where there is no `start` any more, we do.
    const agent = docker.getContainer(nameOf(bottle, 'agent'));
    await ifThere(agent.stop({ t: 10 }).catch(ignoreStopped));
    const [left] = (await list(docker)).filter(({ id, state }) => id === bottle && state === 'abandoned');
    if (left) await removeBottle(docker, bottle);
  },
  exec: async (bottle, command, terminal, services) => execute(engineOf(services), bottle, command, terminal),
  logs: async (bottle, follow, services) => printLogs(engineOf(services), bottle, follow),
  diff: async (bottle, services) => {
    const docker = engineOf(services);
    const summary = (await list(docker)).find(({ id }) => id === bottle);
    if (!summary) return savedPatch(bottle, services);
    const { Config } = await docker.getContainer(nameOf(bottle, 'agent')).inspect();
    if (Config.Labels[labels.mode] !== 'copy') throw notCopied(bottle);
    return patchOf(docker, bottle, Config.User ?? '');
  },
  prune: async (request, services) => prune(engineOf(services), request),
};

function engineOf({ environment }: BackendServices): Docker {
  return connectEngine(environment).docker;
}

function ignoreStopped(thrown: { statusCode?: number }): void {
  // 304: it has stopped already.
  if (thrown.statusCode !== 304) throw thrown;
}

/** Every bottle that has left anything at the engine, whichever part of it. */
async function list(docker: Docker): Promise<BottleSummary[]> {
  const filters = JSON.stringify(ours);
  const [containers, networks, { Volumes }] = await allSettled<
    [Docker.ContainerInfo[], Docker.NetworkInspectInfo[], Awaited<ReturnType<Docker['listVolumes']>>]
  >([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  const bottles = new Map<string, BottleSummary>();
  const parts = [
    ...containers.map(({ Labels, State, Created }) => ({
      all: Labels,
      running: State === 'running',
      Created,
    })),
    ...[...networks, ...(Volumes ?? [])].map(({ Labels }) => ({
      all: Labels ?? {},
      running: false,
      Created: 0,
    })),
  ];
  for (const { all, running, Created } of parts) {
    const id = all[labels.bottle] ?? '';
    const known = bottles.get(id);
    const isAgent = all[labels.role] === 'agent';
    if (known && !isAgent) continue;
    bottles.set(id, {
      id,
      backend: 'docker',
      agent: all[labels.agent] ?? '',
      workspace: all[labels.workspace] ?? '',
      barrier: all[labels.barrier] ?? known?.barrier ?? '',
      started: isAgent ? Created * 1000 : 0,
      state: stateOf(ownerState(all[labels.owner] ?? ''), isAgent && running),
    });
  }
  return [...bottles.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function stateOf(owner: ReturnType<typeof ownerState>, running: boolean): BottleSummary['state'] {
  if (owner === 'gone') return 'abandoned';
  return running ? 'running' : 'starting';
}

async function find(docker: Docker, bottle: string): Promise<BottleSummary> {
  const all = await list(docker);
  const found = all.find(({ id }) => id === bottle);
  if (found) return found;
  throw new BottleError({
    code: 'usage',
    message: `there is no bottle '${bottle}'`,
    hint: all.length === 0 ? 'none is running' : `one of: ${all.map(({ id }) => id).join(', ')}`,
  });
}

async function execute(
  docker: Docker,
  bottle: string,
  command: readonly string[],
  terminal: boolean,
): Promise<number> {
  await find(docker, bottle);
  const exec = await docker.getContainer(nameOf(bottle, 'agent')).exec({
    Cmd: [...command],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: terminal,
    DetachKeys: detachKeys,
  });
  const stream = await exec.start({ hijack: true, stdin: true, Tty: terminal });
  const attachment = joinTerminal(stream, {
    terminal,
    resize: (size) => exec.resize(size),
    // The engine can't signal it: it meets a closed pipe when it writes again.
    onReaderGone: () => stream.destroy(),
  });
  try {
    await attachment.drained;
  } finally {
    attachment.release();
  }
  return (await exec.inspect()).ExitCode ?? 0;
}

async function printLogs(docker: Docker, bottle: string, follow: boolean): Promise<void> {
  await find(docker, bottle);
  const container = docker.getContainer(nameOf(bottle, 'agent'));
  const { Config } = await container.inspect();
  const stream = follow
    ? ((await container.logs({ stdout: true, stderr: true, follow: true })) as Readable)
    : Readable.from([await container.logs({ stdout: true, stderr: true, follow: false })]);
  if (Config.Tty) stream.pipe(process.stdout, { end: false });
  const output = Config.Tty ? stream : stream.pipe(splitFrames(process.stdout, process.stderr)).resume();
  try {
    await new Promise<void>((resolve, reject) => {
      output.once('end', resolve).once('error', reject);
      process.stdout.once('error', (thrown) => reject(outputError(thrown)));
    });
  } finally {
    stream.destroy();
  }
}

async function savedPatch(bottle: string, { environment }: BackendServices): Promise<Buffer> {
  try {
    return await readFile(patchFile(bottle, environment));
  } catch {
    throw new BottleError({
      code: 'usage',
      message: `there is neither a running bottle '${bottle}' nor a patch that one left`,
      hint: 'only a bottle started with --workspace-mode copy leaves one, and only if it changed something',
    });
  }
}

function notCopied(bottle: string): BottleError {
  return new BottleError({
    code: 'usage',
    message: `the bottle ${bottle} works on the workspace itself: there is nothing to compare`,
    hint: 'git diff in the workspace shows its changes; --workspace-mode copy keeps them apart',
  });
}

/** Takes away what command lines that are gone have left. */
async function prune(docker: Docker, { everything, dryRun, images }: PruneRequest): Promise<PruneReport> {
  const bottles = (await list(docker))
    .filter(({ state }) => everything || state === 'abandoned')
    .map(({ id }) => id);
  if (!dryRun) for (const bottle of bottles) await removeBottle(docker, bottle);
  return { bottles, images: images ? await pruneImages(docker, dryRun) : [] };
}

async function pruneImages(docker: Docker, dryRun: boolean): Promise<string[]> {
  const containers = await docker.listContainers({ all: true });
  const used = new Set(containers.map(({ ImageID }) => ImageID));
  const filters = JSON.stringify({ label: [labels.image] });
  const unused = (await docker.listImages({ filters })).filter(({ Id }) => !used.has(Id));
  if (!dryRun) for (const { Id } of unused) await ifThere(docker.getImage(Id).remove({ force: true }));
  return unused.flatMap(({ Id, RepoTags }) => RepoTags?.[0] ?? Id);
}
