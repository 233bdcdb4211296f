import { readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds between two looks at a socket that is just being made: its file is there before anyone listens. */
const pause = 100;

/**
 * Removes the sockets that start processes left when they were killed: those at which nobody listens.
 * @param folder where the sockets lie; it may be missing
 */
export async function removeDeadChannels(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(
    names
      .filter((name) => /\.sock(\.new)?$/.test(name))
      .map(async (name) => {
        const path = join(folder, name);
        if (!(await isDead(path))) return;
        if (name.endsWith('.new')) {
          await wait(pause);
          if (!(await isDead(path))) return;
        }
        await rm(path, { force: true });
      }),
  );
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
