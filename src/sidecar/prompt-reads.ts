import type { Socket } from 'node:net';

const promptly = new WeakMap<object, () => void>();

/**
 * Hands what a connection brings to whoever reads at `readable` in the same turn and in the pieces it came in. Node's
 * stream would schedule each piece twice over, and put all that waits together first: a copy of every byte of a long
 * answer, which is garbage at once.
 *
 * @param most bytes that wait before the sender is slowed down
 */
export function readPromptly<Reading extends Socket>(socket: Reading, most: number): Reading {
  const { push, read, unshift } = socket;
  const waiting: Buffer[] = [];
  let size = 0;
  let isFull = false;
  const leave = () => {
    promptly.delete(socket);
    Object.assign(socket, { push, read, unshift });
    for (const chunk of waiting.splice(0)) socket.push(chunk);
  };
  promptly.set(socket, leave);
  socket.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
    // Its end must not overtake what waits; and what nobody is there for yet is the stream's to keep.
    if (chunk === null ? size > 0 : socket.listenerCount('readable') === 0) leave();
    if (chunk === null || !promptly.has(socket)) return push.call(socket, chunk, encoding);
    waiting.push(chunk);
    size += chunk.length;
    socket.emit('readable');
    isFull = size >= most;
    return !isFull;
  };
  socket.read = (count?: number) => {
    const chunk = count === undefined ? waiting.shift() : undefined;
    if (!chunk) return read.call(socket, count);
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
  return socket;
}

/** From now on it is read as any stream is: by its events or through a pipe. */
export function readAsStream(socket: object): void {
  promptly.get(socket)?.();
}
