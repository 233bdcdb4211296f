import type { BottlePlan } from '../../plan/plan.js';
import type { BackendServices, RunningBottle, StartRequest } from '../../plan/ports.js';
import { randomAddresses } from './addresses.js';
import { barrierOf, isFiltered, runtimeOf, tellUnheld, unheldLimits } from './barrier.js';
import type { ContainerFacts } from './containers.js';
import { savePatch } from './copy.js';
import { connectEngine, type Engine, type EngineFacts, engineFacts } from './engine.js';
import { ensureImages, type LookedImages, lookForImages } from './images.js';
import { AddressesTaken } from './networks.js';
import { ownMark } from './ownership.js';
import { type Ground, raiseBottle } from './raise.js';
import { runAgent } from './run-agent.js';
import { seccompProfile } from './seccomp-profile.js';
import { removeBottle } from './teardown.js';
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
  const asked = engineFacts(engine);
  const looked = lookForImages({ docker: engine.docker, services, plan });
  // Awaited once the workspace is held; a failure meanwhile must not end the process.
  asked.catch(() => {});
  looked.catch(() => {});
  const held = await holdWorkspace(plan, services);
  const release = async () => {
    try {
      await removeBottle(engine.docker, plan.id, ownMark());
    } finally {
      await held.release();
    }
  };
  try {
    const engineInfo = await asked;
    const given = await gatherFacts(engine, engineInfo, plan, request, {
      environment: services.environment,
      looked,
      user,
      protection: held.mounts,
    });
    const { facts, endSidecar } = await raiseSomewhere(given, {
      engine,
      engineFacts: engineInfo,
      request,
      services,
      held,
    });
    const started = Date.now();
    const { exit, kill, detach } = await runAgent(engine.docker, facts);
    request.onStep('agent started');
    return {
      exit,
      kill,
      [Symbol.asyncDispose]: async () => {
        detach();
        const sidecarEnded = endSidecar();
        try {
          if (plan.workspace.mode === 'copy')
            await savePatch(engine.docker, plan, `${facts.user.uid}:${facts.user.gid}`, services.environment);
        } finally {
          await sidecarEnded;
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

const attempts = 20;

/** At addresses that no other network has: which are taken is known only when the network is made. */
async function raiseSomewhere(
  given: Omit<ContainerFacts, 'addresses'>,
  ground: Omit<Ground, 'facts'>,
): Promise<{ readonly facts: ContainerFacts; readonly endSidecar: () => Promise<void> }> {
  for (let attempt = 1; ; attempt += 1) {
    const facts = { ...given, addresses: randomAddresses() };
    try {
      return { facts, endSidecar: await raiseBottle({ ...ground, facts }) };
    } catch (thrown) {
      if (attempt === attempts || !(thrown instanceof AddressesTaken)) throw thrown;
      await removeBottle(ground.engine.docker, facts.plan.id, facts.owner);
    }
  }
}

interface Gathered extends Pick<ContainerFacts, 'user' | 'protection'>, Pick<BackendServices, 'environment'> {
  readonly looked: Promise<LookedImages>;
}

/** What the engine and this machine say; images are the only thing it makes, where they are missing. */
async function gatherFacts(
  engine: Engine,
  engineInfo: EngineFacts,
  plan: BottlePlan,
  { signal, onStep, onProgress = () => {}, onBarrier = () => {}, terminal }: StartRequest,
  { environment, looked, user, protection }: Gathered,
): Promise<Omit<ContainerFacts, 'addresses'>> {
  const runtime = runtimeOf(plan, engineInfo);
  const barrier = barrierOf(runtime, engineInfo);
  onBarrier(barrier);
  tellUnheld(runtime, engineInfo, plan, onProgress);
  const { docker } = engine;
  const images = await ensureImages({ docker, environment, onProgress, signal }, await looked);
  onStep('images present');
  return {
    plan,
    owner: ownMark(),
    images,
    user,
    runtime,
    barrier,
    unheldLimits: unheldLimits(runtime, engineInfo),
    filtered: isFiltered(runtime, engineInfo),
    seccomp: engineInfo.security.includes('seccomp') ? seccompProfile : null,
    terminal: terminal ? [process.stdout.rows ?? 24, process.stdout.columns ?? 80] : null,
    protection,
  };
}
