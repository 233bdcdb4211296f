import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  type Stats,
} from 'node:fs';
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
            changeMode(join(root, path), (found) => (isSetId(found) ? found.mode & 0o1777 : null));
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

/** Linux: names a file without opening it (open(2)); Node has no name for it. */
const namedOnly = 0o10000000;

/**
 * Changes the mode of the very file that was looked at: an agent of another bottle on the workspace may exchange it for
 * a link to one of the operator's meanwhile.
 */
function changeMode(path: string, modeFor: (found: Stats) => number | null): void {
  const byName = process.platform === 'linux' ? namedOnly : constants.O_RDONLY;
  const file = openSync(path, byName | constants.O_NOFOLLOW);
  try {
    const mode = modeFor(fstatSync(file));
    // chmod on such a descriptor itself is refused.
    if (mode !== null) chmodSync(process.platform === 'linux' ? `/proc/self/fd/${file}` : path, mode);
  } finally {
    closeSync(file);
  }
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
    changeMode(folder, (found) => (found.isDirectory() ? 0o700 : null));
    return readdirSync(folder);
  } catch {
    return null;
  }
}
