import { BottleError } from '../contract/errors.js';
import { gatherFacts } from '../host/host-facts.js';
import type { ResolvedAgent } from '../manifest/resolved.js';
import { makePlan } from '../plan/make-plan.js';
import type { BottlePlan } from '../plan/plan.js';
import type { Backend, Provider } from '../plan/ports.js';
import { registry as providers } from '../providers/registry.generated.js';

export interface Preparation {
  readonly agent: ResolvedAgent;
  readonly backend: Backend;
  readonly workspace: string;
  /** What the operator wrote after `--`. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workspaceMode?: 'mount' | 'copy';
  /** OCI runtime that the operator asked for. */
  readonly runtime?: string | undefined;
}

/** Looks up what only this machine can say and makes the plan. */
export async function prepare({
  agent,
  backend,
  workspace,
  command,
  environment,
  workspaceMode = 'mount',
  runtime,
}: Preparation): Promise<BottlePlan> {
  if (!backend.containers) refuseContainerOptions(agent, backend, { runtime, workspaceMode });
  const provider = await providerOf(agent);
  return makePlan(agent, provider, command, {
    ...gatherFacts({ agent, backend: backend.name, workspace, workspaceMode, environment }),
    ...(backend.proxy && { proxy: backend.proxy }),
    workspaceMode,
    ...(runtime !== undefined && { runtime }),
  });
}

/** What only a container has is never left without effect: a bottle that asks for a wall gets it or doesn't start. */
function refuseContainerOptions(
  { bottle }: ResolvedAgent,
  backend: Backend,
  { runtime, workspaceMode }: Pick<Preparation, 'runtime' | 'workspaceMode'>,
): void {
  const asked = [
    // Else the agent would work on the very files that were to stay as they are.
    workspaceMode === 'copy' && ['a copy of the workspace', '--workspace-mode'],
    runtime !== undefined && ['a runtime', '--runtime'],
    bottle.runtime && [`the runtime ${bottle.runtime.name}`, bottle.runtime.where],
    bottle.dockerfile && ['an image of its own', bottle.dockerfile.where],
  ];
  const [what, where] = asked.find((one) => one) || [];
  if (what === undefined) return;
  throw new BottleError({
    code: 'usage',
    message: `${what} is asked for, which the backend ${backend.name} doesn't have`,
    where,
    hint: '--backend docker has it',
  });
}

async function providerOf(agent: ResolvedAgent): Promise<Provider> {
  const name = agent.bottle.provider;
  const load = Object.hasOwn(providers, name) ? providers[name] : undefined;
  if (load) return load();
  throw new BottleError({
    code: 'manifest',
    message: `there is no provider '${name}'`,
    where: agent.file,
    hint: `one of: ${Object.keys(providers).join(', ')}`,
  });
}
