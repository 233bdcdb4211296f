import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';

const leaving = new WeakMap<Socket, AbortSignal>();

/** Fires when the connection closes: the client that would get an answer has left. */
export function leavingOf(socket: Socket): AbortSignal {
  const known = leaving.get(socket);
  if (known) return known;
  if (socket.destroyed) return AbortSignal.abort();
  const controller = new AbortController();
  // As many as a client may send ahead.
  setMaxListeners(0, controller.signal);
  socket.once('close', () => controller.abort());
  leaving.set(socket, controller.signal);
  return controller.signal;
}
