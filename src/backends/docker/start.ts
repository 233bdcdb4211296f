import type Docker from 'dockerode';
import { bottlePaths } from '../../plan/bottle-paths.js';
import type { BottlePlan } from '../../plan/plan.js';
import type { BackendServices, RunningBottle, StartRequest } from '../../plan/ports.js';
import { sidecarConfiguration } from '../../plan/sidecar-configuration.js';
import type { BottleAddresses } from './addresses.js';
import { barrierOf, isFiltered, runtimeOf, tellUnheld, unheldLimits } from './barrier.js';
import { agentContainer, type ContainerFacts, keeperContainer, sidecarContainer } from './containers.js';
import { copyIn, createCopies, savePatch } from './copy.js';
import { connectEngine, type Engine, engineFacts } from './engine.js';
import { forbiddenAddresses } from './forbidden.js';
import { ensureImages } from './images.js';
import { labelsFor, nameOf, type OwnLabels } from './names.js';
import { createEgressNetwork, createInternalNetwork } from './networks.js';
import { ownMark } from './ownership.js';
import { runAgent } from './run-agent.js';
import { seccompProfile } from './seccomp-profile.js';
import { bottleFiles, sidecarPlace, startKeeper, startSidecar } from './session.js';
import { allSettled, removeBottle } from './teardown.js';
import { agentUser } from './user.js';
import { assertWorkspaceReachable, holdWorkspace, takeSetIdBits } from './workspace.js';

export async function startBottle(
  plan: BottlePlan,
  request: StartRequest,
  services: BackendServices,
): Promise<RunningBottle> {
  const engine = connectEngine(services.environment);
  assertWorkspaceReachable(engine, plan);
  const user = agentUser(plan.workspace);
  const held = await holdWorkspace(plan, services);
  const release = async () => {
    try {
      await removeBottle(engine.docker, plan.id, ownMark());
    } finally {
      await held.release();
    }
  };
  try {
    const facts = await prepareContainers(engine, plan, request, services, { user, protection: held.mounts });
    await raiseWalls(engine.docker, facts, request, services, held.gitExcludes);
    // The keeper outlives a killed command line, and with it the agent: the workspace's protection must too.
    const { State } = await engine.docker.getContainer(nameOf(plan.id, 'keeper')).inspect();
    await held.outlivedBy(State.Pid);
    request.signal.throwIfAborted();
    const started = Date.now();
    const { exit, kill, detach } = await runAgent(engine.docker, facts);
    request.onStep('agent started');
    return {
      exit,
      kill,
      [Symbol.asyncDispose]: async () => {
        detach();
        try {
          if (plan.workspace.mode === 'copy')
            await savePatch(engine.docker, plan, `${facts.user.uid}:${facts.user.gid}`, services.environment);
        } finally {
          await release();
          if (!facts.filtered && plan.workspace.mode !== 'copy')
            takeSetIdBits(plan.workspace.source, started);
        }
      },
    };
  } catch (thrown) {
    await release();
    throw thrown;
  }
}

/** Images, networks, volumes and containers, none of them running yet. */
async function prepareContainers(
  engine: Engine,
  plan: BottlePlan,
  { signal, onStep, onProgress = () => {}, onBarrier = () => {}, terminal }: StartRequest,
  services: BackendServices,
  { user, protection }: Pick<ContainerFacts, 'user' | 'protection'>,
): Promise<ContainerFacts> {
  const { docker } = engine;
  const { environment } = services;
  const engineInfo = await engineFacts(engine);
  const runtime = runtimeOf(plan, engineInfo);
  const barrier = barrierOf(runtime, engineInfo);
  onBarrier(barrier);
  tellUnheld(runtime, engineInfo, plan, onProgress);
  const images = await ensureImages({
    docker,
    services,
    plan,
    environment,
    onProgress,
    signal,
  });
  onStep('images present');
  signal.throwIfAborted();
  const own: OwnLabels = { plan, owner: ownMark() };
  const [addresses, egress] = await allSettled<
    [BottleAddresses, Awaited<ReturnType<typeof egressOf>>, unknown]
  >([
    createInternalNetwork(docker, own, engineInfo.major),
    egressOf(docker, own),
    createVolumes(docker, own),
  ]);
  onStep('networks made');
  signal.throwIfAborted();
  const facts: ContainerFacts = {
    ...own,
    addresses,
    images,
    user,
    runtime,
    barrier,
    unheldLimits: unheldLimits(runtime, engineInfo),
    filtered: isFiltered(runtime, engineInfo),
    seccomp: engineInfo.security.includes('seccomp') ? seccompProfile : null,
    terminal: terminal ? [process.stdout.rows ?? 24, process.stdout.columns ?? 80] : null,
    protection,
    forbiddenAddresses: forbiddenAddresses(addresses, egress, !engine.remote),
  };
  await createContainers(docker, facts);
  onStep('containers made');
  signal.throwIfAborted();
  return facts;
}

async function egressOf(docker: Docker, own: OwnLabels) {
  await createEgressNetwork(docker, own);
  return docker.getNetwork(nameOf(own.plan.id, 'egress')).inspect();
}

async function createVolumes(docker: Docker, own: OwnLabels): Promise<void> {
  await docker.createVolume({ Name: nameOf(own.plan.id, 'files'), Labels: labelsFor(own, 'files') });
  if (own.plan.workspace.mode === 'copy') await createCopies(docker, own);
}

async function createContainers(docker: Docker, facts: ContainerFacts): Promise<void> {
  const { plan, addresses } = facts;
  const sidecar = async () => {
    await docker.createContainer(sidecarContainer(facts));
    await docker.getNetwork(nameOf(plan.id, 'internal')).connect({
      Container: nameOf(plan.id, 'sidecar'),
      EndpointConfig: { IPAMConfig: { IPv4Address: addresses.sidecar } },
    });
  };
  const keeperAndAgent = async () => {
    await docker.createContainer(keeperContainer(facts));
    await docker.createContainer(agentContainer(facts));
  };
  await allSettled([sidecar(), keeperAndAgent()]);
}

/** Sidecar and keeper, at the same time; done once the agent's network is proved and its files are in place. */
async function raiseWalls(
  docker: Docker,
  facts: ContainerFacts,
  { secrets, onEvent, onStep, signal }: StartRequest,
  services: BackendServices,
  gitExcludes: string,
): Promise<void> {
  const { plan, addresses } = facts;
  const container = (role: 'sidecar' | 'keeper') => docker.getContainer(nameOf(plan.id, role));
  const sidecar = async () => {
    const configuration = sidecarConfiguration(plan, secrets, sidecarPlace(addresses));
    const session = await startSidecar(container('sidecar'), configuration, services, onEvent);
    onStep('sidecar ready');
    return session.certificate;
  };
  const keeper = async () => {
    const started = await startKeeper(container('keeper'));
    onStep('network of the agent up');
    if (plan.workspace.mode === 'copy') await copyIn(docker, facts, services);
    return started;
  };
  const starting = { sidecar: sidecar(), keeper: keeper() };
  const files = async () => {
    const content = await bottleFiles(plan, await starting.sidecar, services, gitExcludes);
    await container('keeper').putArchive(content, { path: bottlePaths.ours });
    onStep('certificate in place');
  };
  const proof = async () => {
    const { proved, sidecarReady } = await starting.keeper;
    sidecarReady(
      await starting.sidecar.then(
        () => true,
        () => false,
      ),
    );
    await proved;
  };
  await allSettled([files(), proof()]);
  onStep('walls proved');
  signal.throwIfAborted();
}
