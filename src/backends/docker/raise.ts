import type Docker from 'dockerode';
import { bottlePaths } from '../../plan/bottle-paths.js';
import type { BackendServices, SidecarSession, StartRequest } from '../../plan/ports.js';
import { sidecarConfiguration } from '../../plan/sidecar-configuration.js';
import { sidecarPorts } from './addresses.js';
import { agentContainer, type ContainerFacts, keeperContainer, sidecarContainer } from './containers.js';
import { copyIn, createCopies } from './copy.js';
import type { Engine, EngineFacts } from './engine.js';
import { forbiddenAddresses, outerAddresses } from './forbidden.js';
import { labelsFor, nameOf, type OwnLabels } from './names.js';
import { createEgressNetwork, createInternalNetwork, joinNetwork, leaveNoNetwork } from './networks.js';
import {
  bootKeeper,
  bootSidecar,
  bottleFiles,
  endSidecar,
  knownCertificates,
  letSidecarLoad,
  sidecarPlace,
} from './session.js';
import { openTaskGroup, type TaskGroup } from './task-group.js';
import type { holdWorkspace } from './workspace.js';

/** What a bottle is raised from. */
export interface Ground {
  readonly engine: Engine;
  readonly engineFacts: EngineFacts;
  readonly facts: ContainerFacts;
  readonly request: StartRequest;
  readonly services: BackendServices;
  readonly held: Awaited<ReturnType<typeof holdWorkspace>>;
}

/**
 * Makes all of a bottle but its agent's process, whatever doesn't wait for another at the same time: containers start
 * while their networks are made, and load their programs while they join them. Done once the walls are proved, with the
 * sidecar and the keeper on their networks, and everything is in place for the agent. Answers what ends the sidecar well.
 */
export async function raiseBottle(ground: Ground): Promise<() => Promise<void>> {
  const group = openTaskGroup(ground.request.signal);
  const networks = beginNetworks(ground, group);
  const sidecar = beginSidecar(ground, group, networks);
  const keeper = beginKeeper(ground, group, networks);
  beginFiles(ground, group, sidecar, keeper);
  beginProof(ground, group, sidecar, keeper);
  await group.settled();
  return sidecar.end;
}

interface Networks {
  readonly internal: Promise<void>;
  readonly egress: Promise<void>;
}

function beginNetworks({ engine: { docker }, engineFacts, facts }: Ground, { begin }: TaskGroup): Networks {
  const internal = begin(() => createInternalNetwork(docker, facts, facts.addresses, engineFacts.major));
  const egress = begin(async () => {
    // Not at once: the kernel makes one after the other anyway, and the keeper waits for the first.
    await internal;
    await createEgressNetwork(docker, facts);
  });
  return { internal, egress };
}

interface RaisedSidecar {
  /** The talk with it, once it listens. */
  readonly ready: Promise<SidecarSession>;
  /** To be called once that is there. */
  readonly end: () => Promise<void>;
  /** On both networks. */
  readonly joined: Promise<void>;
}

function beginSidecar(
  { engine: { docker }, facts, request, services }: Ground,
  { begin, signal }: TaskGroup,
  { internal, egress }: Networks,
): RaisedSidecar {
  const { plan, addresses } = facts;
  const name = nameOf(plan.id, 'sidecar');
  const booted = begin(async () => {
    const container = await docker.createContainer(sidecarContainer(facts));
    signal.throwIfAborted();
    return bootSidecar(container, signal);
  });
  const inside = begin(async () => {
    await Promise.all([internal, booted]);
    await leaveNoNetwork(docker, name);
    await joinNetwork(docker, name, nameOf(plan.id, 'internal'), addresses.sidecar);
    letSidecarLoad(await booted);
  });
  const joined = begin(async () => {
    await Promise.all([egress, inside]);
    await joinNetwork(docker, name, nameOf(plan.id, 'egress'));
    request.onStep('sidecar on its networks');
  });
  const ready = begin(async () => {
    const [streams] = await Promise.all([booted, inside]);
    const configuration = sidecarConfiguration(plan, request.secrets, sidecarPlace(addresses));
    const session = await services.openSidecar(streams, configuration, request.onEvent);
    request.onStep('sidecar ready');
    return session;
  });
  return {
    ready,
    end: async () => endSidecar(await booted, (await ready).closed),
    joined,
  };
}

interface RaisedKeeper {
  readonly booted: ReturnType<typeof bootKeeper>;
  readonly joined: Promise<void>;
}

/** And with it the agent's container, which is made to be in the keeper's network. */
function beginKeeper(
  { engine: { docker }, facts, request, services, held }: Ground,
  { begin, signal }: TaskGroup,
  { internal }: Networks,
): RaisedKeeper {
  const { plan, addresses } = facts;
  const name = nameOf(plan.id, 'keeper');
  const created = begin(async () => {
    await createVolumes(docker, facts);
    return docker.createContainer(keeperContainer(facts));
  });
  begin(async () => {
    await created;
    await docker.createContainer(agentContainer(facts));
  });
  const booted = begin(async () => bootKeeper(await created, signal));
  const joined = begin(async () => {
    await Promise.all([internal, booted]);
    await leaveNoNetwork(docker, name);
    await joinNetwork(docker, name, nameOf(plan.id, 'internal'), addresses.agent);
    request.onStep('network of the agent up');
  });
  begin(async () => {
    await booted;
    // The keeper outlives a killed command line, and with it the agent: the workspace's protection must too.
    const { State } = await docker.getContainer(name).inspect();
    await held.outlivedBy(State.Pid);
  });
  if (plan.workspace.mode === 'copy')
    begin(async () => {
      await booted;
      await copyIn(docker, facts, services);
    });
  return { booted, joined };
}

async function createVolumes(docker: Docker, own: OwnLabels): Promise<void> {
  await docker.createVolume({ Name: nameOf(own.plan.id, 'files'), Labels: labelsFor(own, 'files') });
  if (own.plan.workspace.mode === 'copy') await createCopies(docker, own);
}

/** What the agent reads of ours. */
function beginFiles(
  { engine: { docker }, facts: { plan }, request, services, held }: Ground,
  { begin }: TaskGroup,
  sidecar: RaisedSidecar,
  keeper: RaisedKeeper,
): void {
  begin(async () => {
    const content = await bottleFiles(services, held.gitExcludes);
    // While the sidecar loads its program the engine has nothing else to do.
    await Promise.all([keeper.booted, sidecar.joined]);
    await docker.getContainer(nameOf(plan.id, 'keeper')).putArchive(content, { path: bottlePaths.ours });
    request.onStep('files in place');
  });
}

/** From inside the agent's network; what isn't there yet proves nothing by its silence. */
function beginProof(
  { engine, facts: { plan, addresses }, request }: Ground,
  { begin }: TaskGroup,
  sidecar: RaisedSidecar,
  keeper: RaisedKeeper,
): void {
  begin(async () => {
    await (await keeper.booted).proved;
    request.onStep('walls proved');
  });
  begin(async () => {
    const [told] = await Promise.all([keeper.booted, keeper.joined]);
    told.prove({
      resolver: addresses.sidecar,
      proxy: { host: addresses.sidecar, port: sidecarPorts.proxy },
      subnet: addresses.subnet,
      gateway: addresses.gateway,
      forbiddenAddresses: forbiddenAddresses(addresses, !engine.remote),
    });
    await sidecar.joined;
    const egress = await engine.docker.getNetwork(nameOf(plan.id, 'egress')).inspect();
    told.proveSidecar({ forbiddenAddresses: outerAddresses(egress) });
    const certificates = knownCertificates(plan);
    const { certificate } = await sidecar.ready;
    told.sidecarReady({
      path: bottlePaths.certificates,
      certificates: `${certificates}${certificate}`,
    });
  });
}
