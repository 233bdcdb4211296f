import { BottleError, exitCodes } from '../contract/errors.js';
import type { DecisionEvent } from '../contract/event.js';
import { readSecrets } from '../host/secrets.js';
import { hostServices } from '../host/services.js';
import type { BottlePlan } from '../plan/plan.js';
import type { Backend, BackendServices } from '../plan/ports.js';
import { forwardSignals } from './signals.js';
import { openSupervision } from './supervision.js';

export interface Launch {
  readonly backend: Backend;
  readonly plan: BottlePlan;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly terminal: boolean;
  readonly onEvent: (event: DecisionEvent) => void;
  readonly onStep: (step: string) => void;
  readonly onProgress?: (line: string) => void;
  readonly onBarrier?: (barrier: string) => void;
  /** For what the operator must know. */
  readonly tell: (text: string) => void;
}

/** Runs one bottle from its plan to its teardown; answers the agent's exit code. */
export async function launch({
  backend,
  plan,
  environment,
  terminal,
  onEvent,
  onStep,
  onProgress = () => {},
  onBarrier = () => {},
  tell,
}: Launch): Promise<number> {
  const secrets = readSecrets(plan.secrets, environment);
  const interruption = new AbortController();
  // Disposed of last: a key that is held down must not end what is still being taken down and written.
  using signals = forwardSignals(interruption);
  await using supervision = openSupervision(plan, environment, tell);
  const services = hostServices(environment, supervision.listener);
  try {
    await using bottle = await backend.start(
      plan,
      { secrets, terminal, onEvent, onStep, onProgress, onBarrier, signal: interruption.signal },
      services,
    );
    signals.forwardTo(bottle);
    await supervision.begin();
    return await supervision.follow(bottle.exit);
  } catch (thrown) {
    if (interruption.signal.aborted) return exitCodes.interrupted;
    throw await explained(thrown, backend, services);
  }
}

/** A start that failed on a machine that isn't ready says so, with what mends it. */
async function explained(thrown: unknown, backend: Backend, services: BackendServices): Promise<unknown> {
  if (thrown instanceof BottleError && thrown.code !== 'start-failed') return thrown;
  const { usable, problems } = await backend.probe(services);
  const problem = problems[0];
  if (usable || !problem) return thrown;
  return new BottleError({
    code: 'start-failed',
    message: `the backend ${backend.name} can't run here: ${problem.message}`,
    hint: problem.mend,
    cause: thrown,
  });
}
