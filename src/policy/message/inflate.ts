import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { type Budget, costs, grantInflated, mostInflated, spend } from '../scan/budget.js';
import { corrupt, ZstdError } from './zstd/bits.js';
import { createZstdDecoder } from './zstd/decoder.js';

/** How a stream of bytes was made smaller. */
export type Compression = 'gzip' | 'zlib' | 'raw' | 'brotli' | 'zstd';

/** What came of an attempt to undo a compression. */
export type Inflated =
  | {
      readonly outcome: 'complete';
      readonly bytes: Buffer;
      /** Bytes of the input that the stream took; what follows them belongs to no stream. */
      readonly consumed: number;
      /** What a reader passes over, where the format has such; none unless said. */
      readonly skipped?: readonly Buffer[];
    }
  | {
      /** Others may be able to read on from `consumed`. */
      readonly outcome: 'unsupported';
      readonly bytes: Buffer;
      readonly consumed: number;
    }
  | { readonly outcome: 'corrupt' | 'over-budget' };

type InflateSync = (
  bytes: Uint8Array,
  options: object,
) => Buffer | { buffer: Buffer; engine: { bytesWritten: number } };

const inflators: Readonly<Record<Exclude<Compression, 'zstd'>, InflateSync>> = {
  gzip: gunzipSync as InflateSync,
  zlib: inflateSync as InflateSync,
  raw: inflateRawSync as InflateSync,
  brotli: brotliDecompressSync as InflateSync,
};

/** Attempts to find how far a damaged stream can be read. */
const mostAttempts = 24;

/** What can be read of a stream that is damaged, or that something else follows which it has no end before. */
export function salvage(compression: Compression, bytes: Uint8Array, budget: Budget): Inflated {
  const whole = inflate(compression, bytes, budget, true);
  // Of that one the readable part has come out already.
  if (whole.outcome !== 'corrupt' || compression === 'zstd') return whole;
  let best: Inflated = whole;
  let readable = 0;
  let unreadable = bytes.length;
  for (let attempt = 0; attempt < mostAttempts && unreadable - readable > 1; attempt += 1) {
    const length = (readable + unreadable) >>> 1;
    const part = inflate(compression, bytes.subarray(0, length), budget, true);
    if (part.outcome === 'over-budget') return part;
    if (part.outcome === 'complete') {
      readable = length;
      best = part;
    } else unreadable = length;
  }
  return best;
}

/**
 * Undoes a compression, as far as the budget allows, which is spent where more would come out.
 *
 * @param partial take what comes out of a stream that ends too early
 */
export function inflate(
  compression: Compression,
  bytes: Uint8Array,
  budget: Budget,
  partial: boolean,
): Inflated {
  const most = mostInflated(budget);
  if (!spend(budget, costs.member) || most <= 0) return { outcome: 'over-budget' };
  if (compression === 'zstd') return inflateZstd(bytes, budget, most, partial);
  const flush = compression === 'brotli' ? constants.BROTLI_OPERATION_FLUSH : constants.Z_SYNC_FLUSH;
  try {
    const result = inflators[compression](bytes, {
      maxOutputLength: most,
      info: true,
      ...(partial ? { finishFlush: flush } : {}),
    }) as { buffer: Buffer; engine: { bytesWritten: number } };
    grantInflated(budget, result.buffer.length);
    return { outcome: 'complete', bytes: result.buffer, consumed: result.engine.bytesWritten };
  } catch (thrown) {
    const tooMuch =
      thrown instanceof RangeError || (thrown as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
    if (!tooMuch) return { outcome: 'corrupt' };
    return overBudget(budget);
  }
}

function overBudget(budget: Budget): Inflated {
  budget.remaining = -1;
  return { outcome: 'over-budget' };
}

/** Frame after frame; with `partial` as far as they can be read. */
function inflateZstd(bytes: Uint8Array, budget: Budget, most: number, partial: boolean): Inflated {
  // What comes out is bounded, and so is what is kept of it.
  const onWork = (work: number) => {
    if (!spend(budget, work)) throw corrupt();
  };
  const decoder = createZstdDecoder(Number.POSITIVE_INFINITY, onWork, partial);
  const content: Buffer[] = [];
  const skipped: Buffer[] = [];
  let length = 0;
  let outcome: 'complete' | 'unsupported' | 'corrupt' = 'complete';
  try {
    for (const output of decoder.push(bytes)) {
      if (!output.skipped) length += output.bytes.length;
      if (length > most) return overBudget(budget);
      (output.skipped ? skipped : content).push(Buffer.from(output.bytes));
    }
    decoder.end();
  } catch (thrown) {
    if (budget.remaining < 0) return overBudget(budget);
    outcome = thrown instanceof ZstdError ? thrown.kind : 'corrupt';
  }
  if (outcome === 'corrupt' && (!partial || length === 0)) return { outcome };
  grantInflated(budget, length);
  const read = { bytes: Buffer.concat(content), consumed: decoder.consumed() };
  return outcome === 'unsupported' ? { outcome, ...read } : { outcome: 'complete', ...read, skipped };
}
