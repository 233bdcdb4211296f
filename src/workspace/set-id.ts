import { chmodSync, lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { asOwner } from './as-owner.js';

/** S_ISUID, S_ISGID. */
const setIdBits = 0o6000;

export interface ClearedBits {
  /** Paths relative to the workspace. */
  readonly cleared: readonly string[];
  /** What could not be looked at: too deep for a path, or another user's. */
  readonly unseen: number;
}

/**
 * Takes the set-user-ID and set-group-ID bits off files that were changed since, for a runtime that runs the agent under
 * no filter of ours: left in the workspace, such a program would run as the operator for every user of this machine. The
 * agent must have ended. Looks everywhere, however deep, but through no link; folders keep their bits.
 * @param since milliseconds since the epoch
 */
export function clearSetId(workspace: string, since: number): ClearedBits {
  const cleared: string[] = [];
  let unseen = 0;
  asOwner(workspace, (root) => {
    const folders = [''];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      const names = namesIn(join(root, folder));
      if (names === null) unseen += 1;
      for (const name of names ?? []) {
        const path = folder === '' ? name : `${folder}/${name}`;
        try {
          const status = lstatSync(join(root, path));
          if (status.isDirectory()) folders.push(path);
          else if (isSetId(status) && status.ctimeMs >= since) {
            chmodSync(join(root, path), status.mode & 0o1777);
            cleared.push(path);
          }
        } catch (thrown) {
          if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') unseen += 1;
        }
      }
    }
  });
  return { cleared, unseen };
}

function isSetId(status: Stats): boolean {
  return status.isFile() && (status.mode & setIdBits) !== 0;
}

/** An agent may close a folder, but not to its owner. null: it stays closed. */
function namesIn(folder: string): string[] | null {
  try {
    return readdirSync(folder);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code !== 'EACCES') return null;
  }
  try {
    chmodSync(folder, 0o700);
    return readdirSync(folder);
  } catch {
    return null;
  }
}
