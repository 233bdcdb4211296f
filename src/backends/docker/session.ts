import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Duplex, PassThrough } from 'node:stream';
import { rootCertificates } from 'node:tls';
import type Docker from 'dockerode';
import { BottleError } from '../../contract/errors.js';
import type { SidecarWalls, WallsConfiguration, WallsMessage } from '../../contract/walls.js';
import { bottlePaths } from '../../plan/bottle-paths.js';
import type { BottlePlan } from '../../plan/plan.js';
import type { BackendServices, SidecarStreams } from '../../plan/ports.js';
import type { SidecarPlace } from '../../plan/sidecar-configuration.js';
import { type BottleAddresses, sidecarPorts } from './addresses.js';
import { attachTo } from './attachment.js';
import { archive } from './build-context.js';
import { splitFrames } from './frames.js';

/** Starts the sidecar's container, which loads its program and then waits for its configuration. */
export async function bootSidecar(container: Docker.Container, signal: AbortSignal): Promise<SidecarStreams> {
  const stream = await attachTo(container);
  const stdout = new PassThrough();
  // What it says of a crash may hold anything: it goes nowhere.
  const stderr = new PassThrough().resume();
  stream.on('error', () => stream.destroy());
  stream.on('close', () => stdout.end());
  stream.pipe(splitFrames(stdout, stderr)).resume();
  endWith(signal, stream);
  await container.start();
  return { stdin: stream, stdout };
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
  /** To be called when the sidecar listens and is on all of its networks. */
  proveSidecar(walls: SidecarWalls): void;
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
    proveSidecar: (walls) => stream.end(`${JSON.stringify(walls)}\n`),
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

/** What the agent reads of ours: certificates, and what its programs load. Read-only to it. Read while the certificate is made. */
export async function bottleFiles(
  plan: BottlePlan,
  certificate: Promise<string>,
  { bundles }: BackendServices,
  gitExcludes: string,
): Promise<Buffer> {
  const known = [...rootCertificates, ...plan.extraCertificateAuthorities];
  const dist = dirname(bundles.nodeProxy);
  const programs = (await readdir(dist)).filter((name) => /^node-proxy.*\.cjs$/.test(name));
  const files = await Promise.all(
    programs.map(async (path) => ({ path, content: await readFile(join(dist, path)) })),
  );
  const certificates = [...known, await certificate].map((one) => one.trim());
  return archive([
    { path: nameIn(bottlePaths.certificates), content: `${certificates.join('\n')}\n` },
    { path: nameIn(bottlePaths.gitExcludes), content: gitExcludes },
    ...files,
  ]);
}

function nameIn(path: string): string {
  return path.slice(bottlePaths.ours.length + 1);
}
