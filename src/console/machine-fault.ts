import { BottleError } from '../contract/errors.js';

/** What the system says of a full or closed disk, in words, and what mends it. */
const reasons: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  ENOSPC: ['there is no room left on a disk', 'df -h and df -i show which is full; make room there'],
  EDQUOT: ['your share of a disk is used up', 'make room there'],
  EROFS: ['a disk is read-only', 'work on a folder that can be written'],
};

/** The error of a machine that is at its end, where it is that; else what was thrown is our own fault. */
export function machineFault(thrown: unknown): BottleError | null {
  const { code = '', path, dest } = (thrown ?? {}) as Partial<NodeJS.ErrnoException & { dest: string }>;
  const reason = Object.hasOwn(reasons, code) ? reasons[code] : undefined;
  if (!reason) return null;
  const [message, hint] = reason;
  // The workspace is reached by a descriptor of ours.
  const where = (dest ?? path)?.replace(/^\/proc\/self\/fd\/\d+/, 'the workspace');
  return new BottleError({ code: 'start-failed', message, where, hint, cause: thrown });
}
