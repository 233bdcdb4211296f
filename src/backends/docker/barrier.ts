import { BottleError } from '../../contract/errors.js';
import type { BottlePlan } from '../../plan/plan.js';
import type { EngineFacts, LimitName } from './engine.js';

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

/** Limits that this runtime doesn't hold the agent to, as far as the engine tells. */
export function unheldLimits(runtime: string | null, facts: EngineFacts): readonly LimitName[] {
  const used = runtime ?? facts.defaultRuntime;
  // gVisor without cgroups: the sandbox is a process of the host's like any other.
  if (facts.runtimeArguments[used]?.some((option) => /^--?ignore-cgroups(=true)?$/.test(option)))
    return ['memory', 'cpus', 'pids'];
  return facts.missingLimits;
}

/** Runtimes of the host's own kernel, which sets the filter of system calls. */
const filtering = /^(runc|crun|youki|io\.containerd\.runc\.v2)$/;

export function isFiltered(runtime: string | null, { defaultRuntime, security }: EngineFacts): boolean {
  return filtering.test(runtime ?? defaultRuntime) && security.includes('seccomp');
}

/**
 * Whether protected files of a mounted workspace can be emptied: without its gofer (directfs, its usual mode) gVisor
 * 20240729 opens a file on a read-only mount with O_TRUNC before it refuses to, so that the host's file is cut.
 */
function emptiesFiles(runtime: string | null, facts: EngineFacts): boolean {
  const used = runtime ?? facts.defaultRuntime;
  return (
    used === gvisor && !facts.runtimeArguments[used]?.some((option) => /^--?directfs=false$/.test(option))
  );
}

/** What stands between the agent and this machine's kernel, in one line, and what doesn't. */
export function barrierOf(runtime: string | null, facts: EngineFacts): string {
  const { version, defaultRuntime, security } = facts;
  const used = runtime ?? defaultRuntime;
  const known = ['apparmor', 'selinux', 'userns', 'rootless'];
  const unheld = unheldLimits(runtime, facts);
  return [
    `Docker ${version}`,
    ...(used === gvisor
      ? ['gVisor']
      : [
          `namespaces (${used})`,
          security.includes('seccomp') ? 'filter of system calls' : 'NO filter of system calls',
        ]),
    ...security.filter((name) => known.includes(name)),
    ...(emptiesFiles(runtime, facts)
      ? ['protected files can be EMPTIED (runsc without --directfs=false)']
      : []),
    ...(unheld.length > 0 ? [`NO limit on ${unheld.join(', ')} of the bottle as a whole`] : []),
  ].join(', ');
}

/** Says which of the manifest's limits aren't held, and whether the workspace's protection is. */
export function tellUnheld(
  runtime: string | null,
  facts: EngineFacts,
  { resources, workspace }: Pick<BottlePlan, 'resources' | 'workspace'>,
  tell: (line: string) => void,
): void {
  if (workspace.mode !== 'copy' && emptiesFiles(runtime, facts))
    tell(
      'gVisor lets the agent empty protected files of the workspace, though not write them: start runsc with --directfs=false, or use --workspace-mode copy or --runtime runc',
    );
  const given = unheldLimits(runtime, facts).filter((name) => (resources?.[name] ?? null) !== null);
  if (given.length === 0) return;
  const used = runtime ?? facts.defaultRuntime;
  const partly =
    used !== gvisor && given.includes('memory') ? '; resources.memory holds each process by itself' : '';
  tell(`the runtime ${used} holds the bottle as a whole to no ${given.join(', ')} here${partly}`);
}
