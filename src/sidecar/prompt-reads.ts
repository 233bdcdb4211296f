import type { Socket } from 'node:net';

const promptly = new WeakMap<object, () => void>();

/**
 * Hands what a connection brings to whoever reads at `readable` in the same turn and in the pieces it came in. Node's
 * stream would schedule each piece twice over, and put all that waits together first: a copy of every byte of a long
 * answer, which is garbage at once.
 *
 * undici's parser puts back what it has not parsed when it is paused, be it nothing, and takes an end or a reset while
 * it is as a fault of its own that ends the process: it learns of them no earlier than of what waits.
 *
 * @param most bytes that wait before the sender is slowed down
 */
export function readPromptly<Reading extends Socket>(socket: Reading, most: number): Reading {
  const { push, read, unshift, destroy } = socket;
  const waiting: Buffer[] = [];
  let size = 0;
  let isFull = false;
  let hasEnded = false;
  const leave = () => {
    promptly.delete(socket);
    Object.assign(socket, { push, read, unshift, destroy });
    for (const chunk of waiting.splice(0)) socket.push(chunk);
    if (hasEnded) socket.push(null);
  };
  promptly.set(socket, leave);
  socket.push = (chunk: Buffer | null) => {
    if (chunk === null) {
      hasEnded = true;
      return waiting.length === 0 && push.call(socket, null);
    }
    // A server of HTTP speaks when it is asked.
    if (socket.listenerCount('readable') === 0) {
      socket.destroy(new Error('the server spoke before it was asked'));
      return false;
    }
    waiting.push(chunk);
    size += chunk.length;
    socket.emit('readable');
    isFull = size >= most;
    return !isFull;
  };
  socket.read = (count?: number) => {
    const chunk = count === undefined ? waiting.shift() : undefined;
    if (!chunk) {
      if (hasEnded && waiting.length === 0) push.call(socket, null);
      return read.call(socket, count);
    }
    size -= chunk.length;
    if (isFull && size < most) {
      isFull = false;
      socket._read(most);
    }
    return chunk;
  };
  socket.unshift = (chunk: Buffer) => {
    waiting.unshift(chunk);
    size += chunk.length;
  };
  socket.destroy = (error?: Error) => destroy.call(socket, waiting.length > 0 ? plain(error) : error);
  return socket;
}

/** undici takes a reset as the end of an answer that has no other, which this one has not come to. */
function plain(error: Error | undefined): Error | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ECONNRESET'
    ? new Error(error?.message, { cause: error })
    : error;
}

/** From now on it is read as any stream is: by its events or through a pipe. */
export function readAsStream(socket: object): void {
  promptly.get(socket)?.();
}
