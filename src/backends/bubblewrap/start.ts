import { constants } from 'node:os';
import { join } from 'node:path/posix';
import { stderr } from 'node:process';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { BottleError } from '../../contract/errors.js';
import { type ExpectedFile, type InitConfiguration, initVariable } from '../../contract/init.js';
import { leaveStreamsAlone } from '../../contract/standard-streams.js';
import { bottlePaths } from '../../plan/bottle-paths.js';
import type { BottlePlan } from '../../plan/plan.js';
import type { BackendServices, RunningBottle, StartedProcess, StartRequest } from '../../plan/ports.js';
import { type AgentIdentity, chooseIdentity } from '../../workspace/identity.js';
import { type HeldProtection, holdPlaceholders } from '../../workspace/placeholders.js';
import { surveyProtection } from '../../workspace/protection.js';
import { lookForGit, noticesOfGit } from '../../workspace/repository-notice.js';
import { openControl, type SandboxControl } from './control.js';
import { closeStrayDescriptors } from './descriptors.js';
import { forbiddenAddresses } from './forbidden-addresses.js';
import { reachableSources, seccompDescriptor, writeLauncher } from './launcher.js';
import { limitsOf, tellUnenforced } from './limits.js';
import { makeReleases, type Releases } from './releases.js';
import { sandboxArguments } from './sandbox-arguments.js';
import {
  fillSandboxFolder,
  makeSandboxFolder,
  openSandboxFolder,
  type SandboxFolder,
} from './sandbox-folder.js';
import { isFilterable, seccompFilter } from './seccomp.js';
import { startSidecar } from './sidecar.js';
import { type AgentStreams, agentStreams, isHandedOn, terminalStreams } from './streams.js';
import { certificateArguments, systemArguments } from './system-files.js';
import { systemPath } from './system-path.js';
import { barrierOf, type Features, installedFeatures } from './version.js';

/** The descriptor of the talk with the first process, as it has it. */
const controlDescriptor = 3;
/** Milliseconds for a sandbox to end once it was told to, before it is killed. */
const patience = 1000;

interface Sandbox {
  readonly process: StartedProcess;
  readonly control: SandboxControl;
  readonly streams: AgentStreams;
  readonly mounts: readonly ExpectedFile[];
}

/** Starts the sidecar and, beside it, the sandbox, whose first process waits for the sidecar's certificate. */
export async function start(
  plan: BottlePlan,
  request: StartRequest,
  services: BackendServices,
): Promise<RunningBottle> {
  const releases = makeReleases();
  tellUnenforced(plan, request.onProgress);
  try {
    closeStrayDescriptors();
    // The agent gets the very same open files, and must get them as they were.
    leaveStreamsAlone(([0, 1, 2] as const).filter(isHandedOn));
    const runtime = await services.runtimeDirectory(plan.id);
    releases.add(async () => runtime[Symbol.asyncDispose]());
    const directory = runtime.path;
    const folder = makeSandboxFolder(directory);
    const identity = chooseIdentity(plan.workspace.source);
    const sidecar = startSidecar(plan, folder.socket, request, services);
    releases.add(sidecar.stop);
    const sandbox = await startSandbox({ plan, request, services, directory, folder, identity, releases });
    request.onStep('sandbox set up');
    const { certificate } = await unlessEnded(sidecar.session, sandbox, request.signal);
    request.onStep('sidecar ready');
    openSandboxFolder(folder, [...plan.extraCertificateAuthorities, certificate], identity);
    await unlessEnded(sandbox.control.listening, sandbox, request.signal);
    request.onStep('first process ready');
    sandbox.control.send({ type: 'go', mounts: sandbox.mounts });
    // From here on the agent may run: an interruption is a signal to it, which the caller sends. But it may have
    // stopped the process that would say so, and must not keep its bottle by that.
    await unlessEnded(sandbox.control.started, sandbox, afterPatience(request.signal));
    request.onStep('walls proved, agent started');
    return runningBottle(sandbox, request.terminal, releases);
  } catch (thrown) {
    await releases.run();
    throw thrown;
  }
}

/** Aborts some time after the other one. */
function afterPatience(signal: AbortSignal): AbortSignal {
  const later = new AbortController();
  const wait = () => setTimeout(() => later.abort(signal.reason), patience).unref();
  if (signal.aborted) wait();
  else signal.addEventListener('abort', wait, { once: true });
  return later.signal;
}

interface Preparation {
  readonly plan: BottlePlan;
  readonly request: StartRequest;
  readonly services: BackendServices;
  readonly directory: string;
  readonly folder: SandboxFolder;
  readonly identity: AgentIdentity;
  readonly releases: Releases;
}

async function startSandbox(preparation: Preparation): Promise<Sandbox> {
  const { plan, request, services, directory, folder, identity, releases } = preparation;
  const { processes } = services;
  const features = installedFeatures(processes);
  // Looked at below, where it is needed: a refusal may come long before.
  features.catch(() => {});
  const held = await holdPlaceholders({
    workspace: plan.workspace.source,
    runtimeDirectory: directory,
    survey: (placeholders) => surveyProtection(plan.workspace, placeholders),
  });
  releases.add(held.release);
  const git = lookForGit(plan.workspace.source);
  releases.add(async () => {
    for (const notice of noticesOfGit(plan.workspace.source, git)) stderr.write(notice);
  });
  const streams = request.terminal ? terminalStreams : await agentStreams(identity, processes);
  releases.add(async () => streams.release());
  fillSandboxFolder(
    folder,
    services.bundles,
    held.placeholders.map(({ path }) => `/${path}`),
  );
  const installed = await features;
  request.onBarrier?.(barrierOf(installed));
  const [command, ...args] = writeCommand(preparation, installed, held);
  const process = processes.start(command, args, {
    stdio: [...streams.stdio, 'pipe'],
    environment: { PATH: systemPath, SHELL: '/bin/sh' },
    workingDirectory: '/',
  });
  const control = openControl(process.pipe(controlDescriptor) as Duplex);
  releases.add(() => endSandbox(process, control, request.terminal));
  streams.begin();
  const mounts = [...held.identities].map(([path, identity]) => ({
    path: join(plan.workspace.target, path),
    identity,
  }));
  return { process, control, streams, mounts };
}

function writeCommand(
  { plan, request, directory, folder, identity }: Preparation,
  features: Features,
  { protection }: HeldProtection,
): readonly [string, ...string[]] {
  const sources = {
    sandbox: folder.path,
    node: process.execPath,
    workspace: plan.workspace.source,
  };
  const reachable = reachableSources(identity, sources);
  const seccomp = isFilterable(process.arch) ? seccompFilter(process.arch) : null;
  return writeLauncher({
    directory,
    identity,
    sources,
    seccomp,
    terminal: request.terminal,
    command: ['prlimit', ...limitsOf(plan), '--', bottlePaths.node, bottlePaths.init],
    options: sandboxArguments({
      features,
      sources: reachable,
      mounts: protection.mounts,
      system: systemArguments(`${reachable.sandbox}/etc`),
      certificates: certificateArguments(`${reachable.sandbox}/ca-certificates.crt`),
      terminal: request.terminal,
      seccompDescriptor: seccomp && seccompDescriptor,
      environment: { PATH: systemPath, [initVariable]: JSON.stringify(initConfiguration(plan)) },
    }),
  });
}

function initConfiguration(plan: BottlePlan): InitConfiguration {
  return {
    command: plan.command,
    environment: plan.environment,
    workingDirectory: plan.workspace.target,
    proxySocket: bottlePaths.proxySocket,
    proxyPort: plan.proxy.port,
    forbiddenAddresses: forbiddenAddresses(),
    controlDescriptor,
  };
}

/** Waits, but no longer than the sandbox lives and the operator wants. */
function unlessEnded<Value>(
  promise: Promise<Value>,
  { process: child }: Sandbox,
  signal?: AbortSignal,
): Promise<Value> {
  const ended = child.exit.then(async (code) => {
    // What it said last may still be on its way.
    await pause(0);
    throw new BottleError({
      code: 'start-failed',
      message: `the sandbox ended before the agent could start (exit code ${code})`,
      hint: 'bot-bottle doctor checks this machine',
    });
  });
  const interrupted = new Promise<never>((_, reject) => {
    const stop = () => reject(new BottleError({ code: 'interrupted', message: 'the start was interrupted' }));
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
  return Promise.race([promise, ended, interrupted]);
}

function runningBottle(
  { process: child, control, streams }: Sandbox,
  terminal: boolean,
  releases: Releases,
): RunningBottle {
  let killed = false;
  return {
    exit: child.exit.then(async (code) => {
      await streams.drain();
      return killed ? 128 + constants.signals.SIGKILL : code;
    }),
    kill: (signal) => {
      if (signal !== 'SIGKILL') return control.send({ type: 'signal', signal });
      // The agent may have stopped the first process, which is its own user's: it isn't asked.
      killed = true;
      killSandbox(child, terminal);
    },
    [Symbol.asyncDispose]: () => releases.run(),
  };
}

async function endSandbox(child: StartedProcess, control: SandboxControl, terminal: boolean): Promise<void> {
  control.close();
  await killSandbox(child, terminal);
}

/** From outside, whatever goes on inside. With a terminal, script(1) has to set the operator's right before it ends. */
async function killSandbox(child: StartedProcess, terminal: boolean): Promise<void> {
  child.kill(terminal ? 'SIGTERM' : 'SIGKILL');
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  await child.exit.catch(() => {});
  clearTimeout(timer);
}
