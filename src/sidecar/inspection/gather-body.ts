import type { Readable } from 'node:stream';
import type { Exchange } from '../exchange.js';
import { NoRoomError, scannedBody, wholeBodies, wholeBody } from '../request-body.js';

/** A body as far as it could be gathered. */
export type Gathered = { readonly whole: Buffer } | { readonly pieces: AsyncIterable<Buffer> };

/**
 * Reads a body of a size that nobody said, whole if it is small enough; what was read of a longer one comes first in
 * its pieces. Rejects when the client leaves.
 *
 * @throws NoRoomError
 */
export async function gatherBody(exchange: Exchange, content: Readable): Promise<Gathered> {
  const { admission, gate, body } = exchange;
  const source = content[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const chunks: Buffer[] = [];
  // One that says its size would have been read whole already.
  if (admission.head.contentLength !== null) return { pieces: chain(chunks, source) };
  let size = 0;
  const release = () => {
    gate.held.bytes -= size;
    size = 0;
  };
  const releaseBoth = () => {
    release();
    body.release();
  };
  exchange.body = { ...body, release: releaseBoth };
  while (size <= scannedBody.whole) {
    if (size > wholeBody && gate.held.bytes > wholeBodies) throw new NoRoomError();
    const { done, value } = await source.next();
    if (done) return { whole: Buffer.concat(chunks) };
    chunks.push(value);
    size += value.length;
    gate.held.bytes += value.length;
  }
  release();
  return { pieces: chain(chunks, source) };
}

async function* chain(first: Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    for (let chunk = first.shift(); chunk; chunk = first.shift()) yield chunk;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
