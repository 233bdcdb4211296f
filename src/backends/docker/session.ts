import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Duplex, PassThrough } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';
import type Docker from 'dockerode';
import { BottleError } from '../../contract/errors.js';
import type { SidecarReady, SidecarWalls, WallsConfiguration, WallsMessage } from '../../contract/walls.js';
import { bottlePaths } from '../../plan/bottle-paths.js';
import type { BottlePlan } from '../../plan/plan.js';
import type { BackendServices, SidecarStreams } from '../../plan/ports.js';
import type { SidecarPlace } from '../../plan/sidecar-configuration.js';
import { type BottleAddresses, sidecarPorts } from './addresses.js';
import { attachTo } from './attachment.js';
import { archive } from './build-context.js';
import { splitFrames } from './frames.js';

/** Starts the sidecar's container, which waits for a line before it loads its program. */
export async function bootSidecar(container: Docker.Container, signal: AbortSignal): Promise<SidecarStreams> {
  const stream = await attachTo(container);
  const stdout = new PassThrough();
  // What it says of a crash may hold anything: it goes nowhere.
  const stderr = new PassThrough().resume();
  const frames = splitFrames(stdout, stderr);
  stream.on('error', () => stream.destroy());
  // What it said last is taken apart before its end is passed on.
  stream.on('close', () => frames.end());
  frames.once('finish', () => stdout.end());
  stream.pipe(frames).resume();
  endWith(signal, stream);
  await container.start();
  return { stdin: stream, stdout };
}

/** Milliseconds for a sidecar to end by itself once its input has ended. */
const patience = 2000;

/** Ends its input and waits until all that it says then is read; one that doesn't end is taken away like the rest. */
export async function endSidecar({ stdin }: SidecarStreams, closed: Promise<void>): Promise<void> {
  stdin.end();
  const late = new AbortController();
  await Promise.race([closed, pause(patience, undefined, { signal: late.signal }).catch(() => {})]);
  late.abort();
}

/** Loading takes a processor for a tenth of a second, which the engine needs until the container is on its network. */
export function letSidecarLoad({ stdin }: SidecarStreams): void {
  stdin.write('\n');
}

/** A start that is called off waits for nobody. */
function endWith(signal: AbortSignal, stream: Duplex): void {
  if (signal.aborted) stream.destroy();
  else signal.addEventListener('abort', () => stream.destroy(), { once: true });
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
  /** To be called when the keeper is on its network. */
  prove(walls: WallsConfiguration): void;
  /** To be called then when the sidecar is on all of its networks. */
  proveSidecar(walls: SidecarWalls): void;
  /** To be called at last, when it listens, with what the agent is to trust. */
  sidecarReady(ready: SidecarReady): void;
}

/** Starts the keeper of the agent's network, which does at once what needs no network. */
export async function bootKeeper(container: Docker.Container, signal: AbortSignal): Promise<Keeper> {
  const stream = await attachTo(container);
  const stdout = new PassThrough();
  stream.on('error', () => stdout.end());
  stream.on('close', () => stdout.end());
  stream.pipe(splitFrames(stdout, new PassThrough().resume())).resume();
  endWith(signal, stream);
  const proved = firstMessage(stdout).finally(() => stream.destroy());
  // Awaited later; a failure meanwhile must not end the process.
  proved.catch(() => {});
  await container.start();
  return {
    proved,
    prove: (walls) => stream.write(`${JSON.stringify(walls)}\n`),
    proveSidecar: (walls) => stream.write(`${JSON.stringify(walls)}\n`),
    sidecarReady: (ready) => stream.end(`${JSON.stringify(ready)}\n`),
  };
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

/** Certificates that the agent is to trust besides the bottle's own; read while that is made. */
export function knownCertificates({ extraCertificateAuthorities }: BottlePlan): string {
  return [...rootCertificates, ...extraCertificateAuthorities].map((one) => `${one.trim()}\n`).join('');
}

/** What else the agent reads of ours. Read-only to it. */
export async function bottleFiles({ bundles }: BackendServices, gitExcludes: string): Promise<Buffer> {
  const dist = dirname(bundles.nodeProxy);
  const programs = (await readdir(dist)).filter((name) => /^node-proxy.*\.cjs$/.test(name));
  return archive([
    { path: nameIn(bottlePaths.gitExcludes), content: gitExcludes },
    ...(await Promise.all(
      programs.map(async (path) => ({ path, content: await readFile(join(dist, path)) })),
    )),
  ]);
}

function nameIn(path: string): string {
  return path.slice(bottlePaths.ours.length + 1);
}
