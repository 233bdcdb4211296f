import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { primaryGroupOf, unusedId } from './identity.js';

/**
 * Does synchronous work on a workspace with no more rights than its owner has: started by root, a folder of the
 * workspace that its owner exchanges for a link meanwhile must not lead to where only root gets.
 *
 * @param work is given a path of the workspace, which stays the same folder and is reachable for its owner.
 */
export function asOwner<Result>(workspace: string, work: (workspace: string) => Result): Result {
  if (process.getuid?.() !== 0) return work(workspace);
  const folder = openSync(workspace, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    const { uid } = fstatSync(folder);
    const path = `/proc/self/fd/${folder}`;
    return uid === 0 ? work(path) : lowered(uid, primaryGroupOf(uid) ?? unusedId, () => work(path));
  } finally {
    closeSync(folder);
  }
}

function lowered<Result>(uid: number, gid: number, work: () => Result): Result {
  const [groups, group] = [process.getgroups?.() ?? [], process.getegid?.() ?? 0];
  try {
    process.setgroups?.([]);
    process.setegid?.(gid);
    process.seteuid?.(uid);
    return work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(group);
    process.setgroups?.(groups);
  }
}
