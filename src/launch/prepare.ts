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
  const provider = await providerOf(agent);
  return makePlan(agent, provider, command, {
    ...gatherFacts({ agent, backend: backend.name, workspace, environment }),
    ...(backend.proxy && { proxy: backend.proxy }),
    workspaceMode,
    ...(runtime !== undefined && { container: { runtime } }),
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
