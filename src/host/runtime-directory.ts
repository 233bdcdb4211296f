import { lstat, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BottleError } from '../contract/errors.js';
import type { RuntimeDirectory } from '../plan/ports.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where the sockets of running bottles lie: `$XDG_RUNTIME_DIR/bot-bottle`, for root /run/bot-bottle, else a
 * folder of this user's in the temporary directory. Short, because a unix socket's path may have 107 bytes.
 */
export function runtimeRoot(environment: Environment): string {
  const uid = process.getuid?.();
  if (uid === 0) return '/run/bot-bottle';
  const given = environment['XDG_RUNTIME_DIR'];
  return given?.startsWith('/') ? join(given, 'bot-bottle') : join(tmpdir(), `bot-bottle-${uid}`);
}

/** A private folder below the root for one bottle; removed whole on disposal. */
export async function createRuntimeDirectory(bottle: string, root: string): Promise<RuntimeDirectory> {
  await privateFolder(root);
  const path = join(root, bottle);
  await mkdir(path, { mode: 0o700 });
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Makes a folder that this user alone can enter, where it isn't there yet. @throws BottleError when others can */
async function privateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await assertPrivate(path);
}

/** The same for a folder in such a one: whoever may write to the outer could exchange the inner later. */
export async function privateFolderWithin(path: string): Promise<void> {
  await privateFolder(dirname(path));
  await privateFolder(path);
}

/** Whether there is one; for who only looks. @throws BottleError when there is, and others could have filled it */
export async function hasPrivateFolder(path: string): Promise<boolean> {
  try {
    await assertPrivate(path);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw thrown;
  }
}

/** In /tmp anyone may have made the folder first: it must be ours and closed to others. */
async function assertPrivate(root: string): Promise<void> {
  const uid = process.getuid?.();
  const status = await lstat(root).catch((error: NodeJS.ErrnoException) => {
    // Below a folder of another user's.
    if (error.code === 'EACCES') return null;
    throw error;
  });
  if (status?.isDirectory() && status.uid === uid && (status.mode & 0o077) === 0) return;
  throw new BottleError({
    code: 'host-not-ready',
    message: 'the runtime directory is not a folder of this user alone',
    where: root,
    hint: `remove it, or set XDG_RUNTIME_DIR to a folder that only you can enter (chmod 700)`,
  });
}
