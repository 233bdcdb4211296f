import type { Readable } from 'node:stream';
import type { Exchange } from '../exchange.js';
import { createPieceQueue, type PieceQueue } from '../piece-queue.js';
import { NoRoomError, scannedBody, wholeBodies } from '../read-request-body.js';
import { wholeBody } from '../request-body.js';

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
  const first = createPieceQueue();
  // One that says its size would have been read whole already.
  if (admission.head.contentLength !== null) return { pieces: chain(first, source) };
  let counted = 0;
  const count = (bytes: number) => {
    gate.held.bytes += bytes - counted;
    counted = bytes;
  };
  const releaseBoth = () => {
    count(0);
    body.release();
  };
  exchange.body = { ...body, release: releaseBoth };
  while (first.size() <= scannedBody.whole) {
    if (first.size() > wholeBody && gate.held.bytes > wholeBodies) throw new NoRoomError();
    const { done, value } = await source.next();
    if (done) {
      const whole = together(first);
      count(whole.length);
      return { whole };
    }
    first.append(value);
    count(first.memory());
  }
  count(0);
  return { pieces: chain(first, source) };
}

function together(pieces: PieceQueue): Buffer {
  const size = pieces.size();
  const only = pieces.take();
  if (only === null || only.length === size) return only ?? Buffer.alloc(0);
  const whole = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (let piece: Buffer | null = only; piece; piece = pieces.take()) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

async function* chain(first: PieceQueue, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    for (let piece = first.take(); piece; piece = first.take()) yield piece;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
