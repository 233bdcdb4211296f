import { Readable } from 'node:stream';
import type { Refusal } from '../../contract/refusal.js';
import { longCoding, longCodingMessage } from '../../policy/outbound/settling.js';
import type { ReadAhead } from '../read-ahead.js';
import { inspectCoded } from './coded-body.js';
import { type Inspection, refusalOf } from './inspect-request.js';
import { BodyRefused, createLongScan, type LongScan } from './long-scan.js';

export type InspectedStream =
  | {
      readonly content: Readable;
      /** It is as long as it was. */
      readonly sameLength: boolean;
    }
  | { readonly refusal: Refusal }
  | 'client-left';

/**
 * A body that is too long to be held whole, scanned through a window that overlaps: nothing of a finding goes on. With
 * a finding the request is cut off, waits with the rest unsent, or goes on with the value covered.
 *
 * Answers when some of it may go: an upstream closes a connection on which nothing comes, and undici sends a request's
 * head with the first of its body only.
 */
export async function inspectedStream(
  source: ReadAhead,
  contentEncoding: string | null,
  inspection: Inspection,
): Promise<InspectedStream> {
  const coding = longCoding(contentEncoding);
  if (coding === null) {
    return { refusal: refusalOf(inspection, 'encoding-not-scannable', longCodingMessage) };
  }
  const newScan = () => createLongScan(inspection, 'body', source.during);
  const inspected =
    coding === 'identity'
      ? { content: scanned(source, newScan()), asItCame: true }
      : inspectCoded(source, coding, newScan, inspection);
  try {
    const pieces = await begun(notEmpty(inspected.content));
    // One piece waits, whatever its size: many small ones would take far more memory than their bytes.
    const content = Readable.from(pieces, { objectMode: false, highWaterMark: 1 });
    // Whoever waits for it learns of its end there.
    content.on('error', () => {});
    return { content, sameLength: inspected.asItCame };
  } catch (error) {
    if (!(error instanceof BodyRefused)) throw error;
    return error.refusal ? { refusal: error.refusal } : 'client-left';
  }
}

/** The same, once its first piece is there. */
async function begun(pieces: AsyncGenerator<Buffer>): Promise<AsyncIterable<Buffer>> {
  const first = await pieces.next();
  async function* all(): AsyncGenerator<Buffer> {
    if (first.done) return;
    try {
      yield first.value;
      yield* pieces;
    } finally {
      await pieces.return(undefined);
    }
  }
  return all();
}

async function* notEmpty(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const piece of pieces) if (piece.length > 0) yield piece;
}

async function* scanned(source: AsyncIterable<Buffer>, scan: LongScan): AsyncGenerator<Buffer> {
  for await (const chunk of source) yield await scan.push(chunk);
  yield await scan.end();
}
