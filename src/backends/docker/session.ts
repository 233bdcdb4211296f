import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { rootCertificates } from 'node:tls';
import type Docker from 'dockerode';
import { BottleError } from '../../contract/errors.js';
import type { SidecarConfiguration } from '../../contract/sidecar.js';
import type { WallsMessage } from '../../contract/walls.js';
import { bottlePaths } from '../../plan/bottle-paths.js';
import type { BottlePlan } from '../../plan/plan.js';
import type { BackendServices, SidecarSession, StartRequest } from '../../plan/ports.js';
import type { SidecarPlace } from '../../plan/sidecar-configuration.js';
import { type BottleAddresses, sidecarPorts } from './addresses.js';
import { attachTo } from './attachment.js';
import { archive } from './build-context.js';
import { splitFrames } from './frames.js';

/** Starts the sidecar's container and configures it through the input that it reads once. */
export async function startSidecar(
  container: Docker.Container,
  configuration: SidecarConfiguration,
  services: BackendServices,
  onEvent: StartRequest['onEvent'],
): Promise<SidecarSession> {
  const stream = await attachTo(container);
  const stdout = new PassThrough();
  // What it says of a crash may hold anything: it goes nowhere.
  const stderr = new PassThrough().resume();
  stream.on('error', () => stream.destroy());
  stream.on('close', () => stdout.end());
  stream.pipe(splitFrames(stdout, stderr)).resume();
  await container.start();
  return services.openSidecar({ stdin: stream, stdout }, configuration, onEvent);
}

/** Where the sidecar answers in the bottle's network. */
export function sidecarPlace({ sidecar }: BottleAddresses): SidecarPlace {
  return {
    listen: { host: sidecar, port: sidecarPorts.proxy },
    transparent: { host: sidecar, https: sidecarPorts.https, http: sidecarPorts.http },
    resolver: { host: sidecar, port: sidecarPorts.resolver, answer: sidecar },
  };
}

export interface Keeper {
  /** Settles once the walls are proved from inside. */
  readonly proved: Promise<void>;
  /** To be called when the sidecar listens, or with false when it never will. */
  sidecarReady(ready: boolean): void;
}

/** Starts the keeper of the agent's network, which begins at once with what needs no sidecar. */
export async function startKeeper(container: Docker.Container): Promise<Keeper> {
  const stream = await attachTo(container);
  const stdout = new PassThrough();
  stream.on('error', () => stdout.end());
  stream.on('close', () => stdout.end());
  stream.pipe(splitFrames(stdout, new PassThrough().resume())).resume();
  const proved = firstMessage(stdout).finally(() => stream.destroy());
  // Awaited later; a failure meanwhile must not end the process.
  proved.catch(() => {});
  await container.start();
  return { proved, sidecarReady: (ready) => stream.end(ready ? 'ready\n' : '') };
}

async function firstMessage(stdout: PassThrough): Promise<void> {
  for await (const line of createInterface({ input: stdout })) {
    const message = JSON.parse(line) as WallsMessage;
    if (message.type === 'proved') return;
    throw wallsNotProved(message.message);
  }
  throw wallsNotProved('the proof ended without a result');
}

function wallsNotProved(reason: string): BottleError {
  return new BottleError({
    code: 'start-failed',
    message: `the bottle's walls could not be proved: ${reason}`,
    hint: 'the agent was not started; another network set-up of the engine or a firewall of this machine is the usual cause',
  });
}

/** What the agent reads of ours: certificates, and what its programs load. Read-only to it. */
export async function bottleFiles(
  plan: BottlePlan,
  certificate: string,
  { bundles }: BackendServices,
  gitExcludes: string,
): Promise<Buffer> {
  const certificates = [...rootCertificates, ...plan.extraCertificateAuthorities, certificate];
  const dist = dirname(bundles.nodeProxy);
  const programs = (await readdir(dist)).filter((name) => /^node-proxy.*\.cjs$/.test(name));
  return archive([
    {
      path: nameIn(bottlePaths.certificates),
      content: `${certificates.map((one) => one.trim()).join('\n')}\n`,
    },
    { path: nameIn(bottlePaths.gitExcludes), content: gitExcludes },
    ...(await Promise.all(
      programs.map(async (path) => ({ path, content: await readFile(join(dist, path)) })),
    )),
  ]);
}

function nameIn(path: string): string {
  return path.slice(bottlePaths.ours.length + 1);
}
