import { totalmem } from 'node:os';
import type { BottlePlan } from '../../plan/plan.js';
import type { StartRequest } from '../../plan/ports.js';

type Limited = Pick<BottlePlan, 'resources'>;

/**
 * Options of prlimit(1): processes of the bottle (counted in its own user namespace from Linux 5.14 on), bytes of memory
 * that one process may write to (half of the machine's where nothing is said), and none of it written to disk in a crash.
 */
export function limitsOf({ resources }: Limited): string[] {
  const pids = resources?.pids ?? 4096;
  const memory = resources?.memory ?? Math.floor(totalmem() / 2);
  return [`--nproc=${pids}:${pids}`, `--data=${memory}:${memory}`, '--core=0:0'];
}

/** Says which of the manifest's limits aren't held here: without a cgroup of its own a bottle has none as a whole. */
export function tellUnenforced({ resources }: Limited, tell: StartRequest['onProgress']): void {
  const { memory = null, cpus = null } = resources ?? {};
  if (memory !== null)
    tell?.('resources.memory: bubblewrap holds each process to it, not all of them together; docker does');
  if (cpus !== null) tell?.('resources.cpus: not enforced by bubblewrap; docker does');
}
