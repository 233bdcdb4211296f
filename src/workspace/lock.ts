import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { BottleError } from '../contract/errors.js';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.js';

const attempts = 500;
/** Milliseconds between attempts; the lock is held for a few. */
const pause = 10;

/**
 * Runs the work while no other process holds the lock; a holder that died holds nothing. The lock is a link that leads
 * nowhere and names its holder: it appears with its content or not at all, and needs no room on a full disk, where what
 * was made must still be taken away.
 */
export async function withLock<Result>(path: string, work: () => Result): Promise<Result> {
  await acquire(path);
  try {
    return work();
  } finally {
    rmSync(path, { force: true });
  }
}

async function acquire(path: string): Promise<void> {
  const own = JSON.stringify(ownIdentity());
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    try {
      symlinkSync(own, path);
      return;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    }
    if (!clearIfAbandoned(path)) await wait(pause);
  }
  throw new BottleError({
    code: 'start-failed',
    message: 'another bottle of this user holds the lock on placeholders and does not let go',
    where: path,
    hint: 'look at the process that the link names; if there is none, remove it',
  });
}

function clearIfAbandoned(path: string): boolean {
  const holder = readHolder(path);
  if (!holder || isAlive(holder)) return false;
  const aside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    renameSync(path, aside);
    const moved = readHolder(aside);
    // Someone else was quicker and holds it now: hand it back.
    if (moved && isAlive(moved)) symlinkSync(JSON.stringify(moved), path);
    rmSync(aside, { force: true });
  } catch {
    // Gone already.
  }
  return true;
}

function readHolder(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readlinkSync(path)) as ProcessIdentity;
  } catch {
    return undefined;
  }
}

/** Removes what processes that died meanwhile had put aside. */
export function clearAbandoned(path: string): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    const pid = name.startsWith(`${basename(path)}.`) ? name.split('.')[1] : undefined;
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(folder, name), { force: true });
  }
}
