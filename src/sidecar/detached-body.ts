import { Readable } from 'node:stream';
import type { IncomingRequest } from './incoming-request.js';
import { createPieceQueue } from './piece-queue.js';

/** Bytes that wait for whoever reads the stream. */
const mostWaiting = 64 * 1024;
/** A chunk of this size goes on at once. Bytes. */
const worthAPiece = 4096;

/**
 * The request's body as a stream that may be destroyed without touching the client's connection: what the upstream
 * does not want is then read off and dropped, so that its early answer still arrives.
 *
 * Small chunks that came in one go are one piece of it, for each piece is looked at by itself.
 *
 * @param ahead it is read before someone reads the stream
 */
export function detachedBody(
  request: IncomingRequest,
  ahead: boolean,
  onBytes: (bytes: number) => void,
): Readable {
  const waiting = createPieceQueue();
  let isWanted = false;
  let ended = false;
  let soon: NodeJS.Immediate | null = null;

  function give(): void {
    if (soon) clearImmediate(soon);
    soon = null;
    if (isWanted && waiting.size() > 0) {
      isWanted = false;
      stream.push(waiting.take());
    }
    if (ended && waiting.size() === 0) stream.push(null);
  }
  const stream = new Readable({
    // One piece waits here, however small; the others wait together.
    highWaterMark: 1,
    read() {
      isWanted = true;
      if (!soon) give();
      if (waiting.size() < mostWaiting) request.resume();
    },
    destroy: (error, callback) => {
      if (soon) clearImmediate(soon);
      request.off('data', onData);
      request.resume();
      callback(error);
    },
  });
  const onData = (chunk: Buffer) => {
    onBytes(chunk.length);
    waiting.append(chunk);
    if (chunk.length >= worthAPiece) give();
    else soon ??= setImmediate(give);
    if (waiting.size() >= mostWaiting) request.pause();
  };
  // Its end may come before the upstream's side listens; who waits for it learns of it there.
  stream.on('error', () => {});
  request.on('data', onData);
  // Nothing is read ahead for an upstream that may be long in coming.
  if (!ahead) request.pause();
  request.once('end', () => {
    ended = true;
    give();
  });
  request.once('error', (error) => stream.destroy(error));
  request.once('close', () => {
    if (!request.complete) stream.destroy(new Error('the client left'));
  });
  return stream;
}
