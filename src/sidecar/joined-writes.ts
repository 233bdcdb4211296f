import type { Socket } from 'node:net';

/** Bytes of a full TLS record (RFC 8446, 5.1): above it one chunk is as dear as several. */
const mostJoined = 16 * 1024;

type Chunk = { readonly chunk: Buffer | string; readonly encoding: BufferEncoding };

/**
 * Has a message's head and its short body, which are written at once, leave as one buffer: Node takes twice as long for
 * a write of several pieces, most of all where some are strings.
 */
export function joinWrites<Joining extends Socket>(socket: Joining): Joining {
  const write = socket._write.bind(socket);
  const writeAll = socket._writev?.bind(socket);
  if (!writeAll) return socket;
  socket._writev = (chunks: Chunk[], callback) => {
    const size = joinedSize(chunks);
    if (size > mostJoined) writeAll(chunks, callback);
    else write(joined(chunks, size), 'buffer' as BufferEncoding, callback);
  };
  return socket;
}

/** Infinite where a piece is in an encoding whose length has to be counted. */
function joinedSize(chunks: readonly Chunk[]): number {
  let size = 0;
  for (const { chunk, encoding } of chunks) {
    if (typeof chunk === 'string' && encoding !== 'latin1') return Number.POSITIVE_INFINITY;
    size += chunk.length;
  }
  return size;
}

function joined(chunks: readonly Chunk[], size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { chunk } of chunks) {
    if (typeof chunk === 'string') bytes.write(chunk, at, 'latin1');
    else bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
