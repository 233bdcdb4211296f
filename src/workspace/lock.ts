import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { BottleError } from '../contract/errors.js';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.js';

const attempts = 500;
/** Milliseconds between attempts; the lock is held for a few. */
const pause = 10;

/** Runs the work while no other process holds the lock; a holder that died holds nothing. */
export async function withLock<Result>(path: string, work: () => Result): Promise<Result> {
  const own = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(own, JSON.stringify(ownIdentity()), { mode: 0o600 });
  try {
    await acquire(own, path);
    try {
      return work();
    } finally {
      rmSync(path, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
}

async function acquire(own: string, path: string): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    try {
      // The name appears with its content, or not at all.
      linkSync(own, path);
      return;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    }
    if (!clearIfAbandoned(path, own)) await wait(pause);
  }
  throw new BottleError({
    code: 'start-failed',
    message: 'another bottle of this user holds the lock on placeholders and does not let go',
    where: path,
    hint: 'look at the process that the file names',
  });
}

function clearIfAbandoned(path: string, own: string): boolean {
  const holder = readIdentity(path);
  if (!holder || isAlive(holder)) return false;
  const aside = `${own}.abandoned`;
  try {
    renameSync(path, aside);
    const moved = readIdentity(aside);
    // Someone else was quicker and holds it now: hand it back.
    if (moved && isAlive(moved)) linkSync(aside, path);
    rmSync(aside, { force: true });
  } catch {
    // Gone already.
  }
  return true;
}

function readIdentity(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}

/** Removes the files by which processes that died meanwhile waited for the lock. */
export function clearAbandoned(path: string): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    const pid = name.startsWith(`${basename(path)}.`) ? name.split('.')[1] : undefined;
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(folder, name), { force: true });
  }
}
