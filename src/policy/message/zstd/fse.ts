import { type BackwardBits, corrupt, readBits, takeBits } from './bits.js';

/** What a state stands for and where it leads (RFC 8878, 4.1). */
export interface FseTable {
  readonly accuracy: number;
  readonly symbols: Uint8Array;
  /** Bits to read for the next state, and what they are added to. */
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

/** Counts of symbols; -1 is one that is less than one. */
export function buildTable(counts: readonly number[], accuracy: number): FseTable {
  const size = 1 << accuracy;
  const symbols = new Uint8Array(size);
  const next = new Uint16Array(counts.length);
  let high = size;
  counts.forEach((count, symbol) => {
    next[symbol] = Math.abs(count);
    if (count === -1) {
      high -= 1;
      symbols[high] = symbol;
    }
  });
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  counts.forEach((count, symbol) => {
    for (let one = 0; one < count; one += 1) {
      symbols[at] = symbol;
      do at = (at + step) & (size - 1);
      while (at >= high);
    }
  });
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  for (let state = 0; state < size; state += 1) {
    const symbol = symbols[state] as number;
    const value = next[symbol] as number;
    next[symbol] = value + 1;
    const count = accuracy - (31 - Math.clz32(value));
    bits[state] = count;
    bases[state] = (value << count) - size;
  }
  return { accuracy, symbols, bits, bases };
}

/** One symbol and nothing else. */
export function constantTable(symbol: number): FseTable {
  return {
    accuracy: 0,
    symbols: Uint8Array.of(symbol),
    bits: Uint8Array.of(0),
    bases: Uint16Array.of(0),
  };
}

interface ReadTable {
  readonly table: FseTable;
  /** Offset after its description. */
  readonly end: number;
}

/**
 * Reads a table's description (RFC 8878, 4.1.1).
 *
 * @param end offset that it must end before
 * @throws ZstdError
 */
export function readTable(
  bytes: Uint8Array,
  start: number,
  end: number,
  mostAccuracy: number,
  lastSymbol: number,
): ReadTable {
  if (start >= end) throw corrupt();
  const accuracy = 5 + readBits(bytes, start * 8, 4);
  if (accuracy > mostAccuracy) throw corrupt();
  const counts: number[] = [];
  let at = start * 8 + 4;
  let left = 1 << accuracy;
  while (left > 0 && counts.length <= lastSymbol && at <= end * 8) {
    // A value of 0 to left + 1, the smallest of which are a bit shorter.
    const most = 32 - Math.clz32(left + 1);
    const long = readBits(bytes, at, most);
    const shortValues = (1 << most) - 2 - left;
    const short = long & ((1 << (most - 1)) - 1);
    let value = long;
    if (short < shortValues) {
      value = short;
      at += most - 1;
    } else {
      if (long >= 1 << (most - 1)) value -= shortValues;
      at += most;
    }
    const count = value - 1;
    counts.push(count);
    left -= Math.abs(count);
    if (count !== 0) continue;
    for (let zeros = 3; zeros === 3 && counts.length <= lastSymbol + 1; ) {
      zeros = readBits(bytes, at, 2);
      at += 2;
      for (let zero = 0; zero < zeros; zero += 1) counts.push(0);
    }
  }
  const last = (at + 7) >>> 3;
  if (left !== 0 || counts.length > lastSymbol + 1 || last > end) throw corrupt();
  return { table: buildTable(counts, accuracy), end: last };
}

export const firstState = ({ accuracy }: FseTable, bits: BackwardBits): number => takeBits(bits, accuracy);

export const nextState = (table: FseTable, state: number, bits: BackwardBits): number =>
  (table.bases[state] as number) + takeBits(bits, table.bits[state] as number);
