import { BottleError } from '../../contract/errors.js';
import type { BottlePlan } from '../../plan/plan.js';
import type { EngineFacts } from './engine.js';

const gvisor = 'runsc';

/** The agent's runtime: what the operator says, else gVisor where the engine has it, else the engine's own. */
export function runtimeOf({ container }: Pick<BottlePlan, 'container'>, facts: EngineFacts): string | null {
  const wanted = container?.runtime ?? null;
  if (wanted === null) return facts.runtimes.includes(gvisor) ? gvisor : null;
  if (facts.runtimes.includes(wanted)) return wanted;
  throw new BottleError({
    code: 'host-not-ready',
    message: `the Docker engine has no runtime '${wanted}'`,
    where: '--runtime',
    hint: `one of: ${facts.runtimes.join(', ')}`,
  });
}

/** What stands between the agent and this machine's kernel, in one line. */
export function barrierOf(
  runtime: string | null,
  { version, defaultRuntime, security }: EngineFacts,
): string {
  const used = runtime ?? defaultRuntime;
  const wall = used === gvisor ? 'gVisor' : `namespaces (${used})`;
  const more = security.filter((name) => name === 'apparmor' || name === 'selinux' || name === 'userns');
  return [`Docker ${version}`, wall, 'seccomp', ...more].join(', ');
}
