import { readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds between two looks at a socket that is just being made: its file is there before anyone listens. */
const pause = 100;

/**
 * Removes the sockets that start processes left when they were killed: those at which nobody listens. Answers how many.
 * @param folder where the sockets lie; it may be missing
 * @param dryRun only count them
 */
export async function removeDeadChannels(folder: string, dryRun = false): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const removed = await Promise.all(
    names
      .filter((name) => /\.sock(\.new)?$/.test(name))
      .map(async (name) => {
        const path = join(folder, name);
        if (!(await isDead(path))) return false;
        if (name.endsWith('.new')) {
          await wait(pause);
          if (!(await isDead(path))) return false;
        }
        if (!dryRun) await rm(path, { force: true });
        return true;
      }),
  );
  return removed.filter(Boolean).length;
}

function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    // Every other failure (no rights, a full queue of connections) says nothing about its life.
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}
