import { Readable } from 'node:stream';
import { longestWhole } from '../policy/outbound/settling.js';
import type { RequestHead } from '../policy/request-head.js';
import { detachedBody } from './detached-body.js';
import type { IncomingRequest } from './incoming-request.js';
import { createReadAhead, type ReadAhead } from './read-ahead.js';
import { noBody, type RequestBody, wholeBody } from './request-body.js';
import { createWholeBody } from './whole-body.js';

/** What all bodies held whole may take together; beyond it those up to {@link wholeBody} alone are held. Bytes. */
export const wholeBodies = 16 * 1024 * 1024;

/** As long as they take less, a body that waits for the operator is read on: the rest is for those that must be held. */
export const roomAhead = wholeBodies / 2;

export interface BodyLimits {
  /** A body up to this size is read whole. Bytes. */
  readonly whole: number;
  /** A longer one is read ahead too. */
  readonly ahead: boolean;
  /** There must be room for one that is to be read whole; otherwise it is streamed. */
  readonly must: boolean;
}

/** There is no room for a body that must be held whole. */
export class NoRoomError extends Error {}

export const ordinaryBody: BodyLimits = { whole: wholeBody, ahead: false, must: false };
/** Of a request that is scanned: what is read whole is scanned whole. */
export const scannedBody: BodyLimits = { whole: longestWhole, ahead: false, must: true };
/**
 * Of a request that waits for the operator: a client that leaves is noticed only on a connection that is read,
 * so more is taken in meanwhile.
 */
export const heldBody: BodyLimits = { ...scannedBody, ahead: true };

/**
 * Rejects when the client leaves before a small body is complete.
 *
 * @throws NoRoomError
 * @param held what is held already; a body that is held whole is added to it, and taken off by `release`
 */
export async function readRequestBody(
  request: IncomingRequest,
  head: RequestHead,
  held: { bytes: number },
  { whole, ahead, must }: BodyLimits,
): Promise<RequestBody> {
  const { contentLength, chunked } = head;
  if (!chunked && (contentLength === null || contentLength === 0)) {
    request.expectNoBody();
    return noBody;
  }
  // It may have left while the detectors were prepared: nothing would tell of it any more.
  if (request.destroyed) throw new Error('the client left');
  if (!chunked && contentLength !== null && contentLength <= whole) {
    if (held.bytes + contentLength <= wholeBodies || (must && contentLength <= wholeBody))
      return wholeRequestBody(request, contentLength, held);
    if (must) throw new NoRoomError();
  }
  let size = 0;
  const content = detachedBody(request, ahead, (bytes) => {
    size += bytes;
  });
  if (!ahead) return { content, size: () => size, release: () => {} };
  const reading = createReadAhead(content, held, roomAhead);
  return { content: startedLater(reading), size: () => size, release: reading.release };
}

/** Is read ahead until someone takes it. */
function startedLater(body: ReadAhead): Readable {
  let start = () => {};
  body.during(
    new Promise<void>((resolve) => {
      start = resolve;
    }),
  );
  async function* pieces(): AsyncGenerator<Buffer> {
    start();
    yield* body;
  }
  const stream = Readable.from(pieces(), { objectMode: false, highWaterMark: 1 });
  stream.on('error', () => {});
  return stream;
}

async function wholeRequestBody(
  request: IncomingRequest,
  length: number,
  held: { bytes: number },
): Promise<RequestBody> {
  let taken = length;
  held.bytes += taken;
  const release = () => {
    held.bytes -= taken;
    taken = 0;
  };
  try {
    const content = await (request.takeWhole(length) ?? collect(request, length));
    return { content, size: () => content.length, release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Of a request that waited for those before it. */
function collect(request: IncomingRequest, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const body = createWholeBody(length);
    request.on('data', body.append);
    request.once('end', () => {
      try {
        resolve(body.end());
      } catch (error) {
        reject(error);
      }
    });
    request.once('error', reject);
    request.once('close', () => {
      if (!request.readableEnded) reject(new Error('the client left'));
    });
  });
}
