import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import type { Budget } from '../scan/budget.js';

/** How a stream of bytes was made smaller. */
export type Compression = 'gzip' | 'zlib' | 'raw' | 'brotli';

/** What came of an attempt to undo a compression. */
export type Inflated =
  | {
      readonly outcome: 'complete';
      readonly bytes: Buffer;
      /** Bytes of the input that the stream took; what follows them belongs to no stream. */
      readonly consumed: number;
    }
  | { readonly outcome: 'corrupt' | 'over-budget' };

type InflateSync = (
  bytes: Uint8Array,
  options: object,
) => Buffer | { buffer: Buffer; engine: { bytesWritten: number } };

const inflators: Readonly<Record<Compression, InflateSync>> = {
  gzip: gunzipSync as InflateSync,
  zlib: inflateSync as InflateSync,
  raw: inflateRawSync as InflateSync,
  brotli: brotliDecompressSync as InflateSync,
};

/** Bytes that come out of one byte at most: deflate can't do more than 1,032, honest text stays far below. */
const steepest = 200;
/** Whatever the ratio, this much may come out: a line of spaces shrinks to nearly nothing. */
const freely = 1 << 20;

/**
 * Undoes a compression, as far as the budget and a bound on the ratio allow.
 *
 * @param partial take what comes out of a stream that ends too early
 */
export function inflate(
  compression: Compression,
  bytes: Uint8Array,
  budget: Budget,
  partial: boolean,
): Inflated {
  const most = Math.min(budget.remaining, freely + bytes.length * steepest);
  if (most <= 0) return { outcome: 'over-budget' };
  const flush = compression === 'brotli' ? constants.BROTLI_OPERATION_FLUSH : constants.Z_SYNC_FLUSH;
  try {
    const result = inflators[compression](bytes, {
      maxOutputLength: most,
      info: true,
      ...(partial ? { finishFlush: flush } : {}),
    }) as { buffer: Buffer; engine: { bytesWritten: number } };
    budget.remaining -= result.buffer.length;
    return { outcome: 'complete', bytes: result.buffer, consumed: result.engine.bytesWritten };
  } catch (thrown) {
    const tooMuch =
      thrown instanceof RangeError || (thrown as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
    if (!tooMuch) return { outcome: 'corrupt' };
    budget.remaining = -1;
    return { outcome: 'over-budget' };
  }
}
