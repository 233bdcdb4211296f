import { backwardBits, bitsAt, corrupt } from './bits.js';
import { firstState, nextState, readTable } from './fse.js';

/** A prefix code: what the next `depth` bits stand for, and how many of them (RFC 8878, 4.2). */
export interface HuffmanTable {
  readonly depth: number;
  readonly symbols: Uint8Array;
  readonly lengths: Uint8Array;
}

/** RFC 8878, 4.2.1.3, says 11; the reference reads one more. */
const deepest = 12;
const mostWeights = 255;

interface ReadHuffman {
  readonly table: HuffmanTable;
  /** Offset after its description. */
  readonly end: number;
}

/** Reads a tree's description (RFC 8878, 4.2.1). @throws ZstdError */
export function readHuffman(bytes: Uint8Array, start: number, limit: number): ReadHuffman {
  const header = bytes[start];
  if (start >= limit || header === undefined) throw corrupt();
  const from = start + 1;
  if (header < 128) {
    const end = from + header;
    if (end > limit) throw corrupt();
    return { table: tableOf(compressedWeights(bytes, from, end)), end };
  }
  const count = header - 127;
  const end = from + ((count + 1) >> 1);
  if (end > limit) throw corrupt();
  const weights: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const pair = bytes[from + (index >> 1)] as number;
    weights.push(index % 2 === 0 ? pair >> 4 : pair & 15);
  }
  return { table: tableOf(weights), end };
}

/** Two states take turns, until one has no bits left to go on with. */
function compressedWeights(bytes: Uint8Array, start: number, end: number): number[] {
  const { table, end: from } = readTable(bytes, start, end, 6, deepest);
  const bits = backwardBits(bytes, from, end);
  let state = firstState(table, bits);
  let other = firstState(table, bits);
  if (bits.left < 0) throw corrupt();
  const weights: number[] = [];
  while (weights.length < mostWeights) {
    weights.push(table.symbols[state] as number);
    if (bits.left < (table.bits[state] as number)) {
      weights.push(table.symbols[other] as number);
      return weights;
    }
    const following = nextState(table, state, bits);
    state = other;
    other = following;
  }
  throw corrupt();
}

/** The last symbol's weight is what is missing to a power of two. */
function tableOf(given: readonly number[]): HuffmanTable {
  let sum = 0;
  for (const weight of given) {
    if (weight > deepest) throw corrupt();
    if (weight > 0) sum += 1 << (weight - 1);
  }
  if (sum === 0 || given.length > mostWeights) throw corrupt();
  const depth = 32 - Math.clz32(sum);
  const rest = (1 << depth) - sum;
  if (depth > deepest || (rest & (rest - 1)) !== 0) throw corrupt();
  const weights = [...given, 32 - Math.clz32(rest)];
  const symbols = new Uint8Array(1 << depth);
  const lengths = new Uint8Array(1 << depth);
  let at = 0;
  // The longest codes, those of the least weight, come first.
  for (let weight = 1; weight <= depth; weight += 1) {
    weights.forEach((own, symbol) => {
      if (own !== weight) return;
      const end = at + (1 << (weight - 1));
      symbols.fill(symbol, at, end);
      lengths.fill(depth + 1 - weight, at, end);
      at = end;
    });
  }
  return { depth, symbols, lengths };
}

/**
 * Decodes one stream, which must come to just so many bytes.
 *
 * @param lenient it need not: some readers don't look, and read on
 * @throws ZstdError
 */
export function decodeStream(
  { depth, symbols, lengths }: HuffmanTable,
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  lenient: boolean,
): void {
  const own = backwardBits(bytes, start, end, lenient);
  // Who doesn't look reads on in the bits before the stream.
  const bits = lenient ? { bytes, start: 0, left: own.left + start * 8 } : own;
  for (let at = 0; at < out.length; at += 1) {
    const index = bitsAt(bits, bits.left - depth, depth);
    out[at] = symbols[index] as number;
    bits.left -= lengths[index] as number;
    if (bits.left < 0 && !lenient) throw corrupt();
  }
  if (bits.left !== 0 && !lenient) throw corrupt();
}
