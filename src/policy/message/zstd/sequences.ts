import { backwardBits, corrupt, takeBits } from './bits.js';
import { buildTable, constantTable, type FseTable, firstState, nextState, readTable } from './fse.js';

/** The three tables of a block's sequences. */
export interface SequenceTables {
  readonly lengths: FseTable;
  readonly offsets: FseTable;
  readonly matches: FseTable;
}

const range = (count: number, value: (index: number) => number): number[] =>
  Array.from({ length: count }, (_, index) => value(index));

/** Extra bits of each code, and the value of each without them (RFC 8878, 3.1.1.3.2.1.1). */
const lengthBits = [...range(16, () => 0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
const matchBits = [
  ...range(32, () => 0),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
];
const basesOf = (bits: readonly number[], first: number): Int32Array => {
  let base = first;
  return Int32Array.from(bits, (count) => {
    base += 1 << count;
    return base - (1 << count);
  });
};
const lengthBases = basesOf(lengthBits, 0);
const matchBases = basesOf(matchBits, 3);

interface Kind {
  readonly key: keyof SequenceTables;
  readonly accuracy: number;
  readonly lastSymbol: number;
  /** The table where none is sent (RFC 8878, 3.1.1.3.2.2). */
  readonly usual: FseTable;
}

/** In the order in which they are described. */
const kinds: readonly Kind[] = [
  {
    key: 'lengths',
    accuracy: 9,
    lastSymbol: 35,
    usual: buildTable(
      [4, 3, ...range(11, () => 2), 1, 1, 1, ...range(9, () => 2), 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1],
      6,
    ),
  },
  {
    key: 'offsets',
    accuracy: 8,
    lastSymbol: 31,
    usual: buildTable([...range(6, () => 1), 2, 2, 2, ...range(15, () => 1), ...range(5, () => -1)], 5),
  },
  {
    key: 'matches',
    accuracy: 9,
    lastSymbol: 52,
    usual: buildTable([1, 4, 3, ...range(6, () => 2), ...range(37, () => 1), ...range(7, () => -1)], 6),
  },
];

/** Bits of an offset; the longest window needs 23. */
const longestOffset = 24;

export interface SequenceHeader {
  readonly count: number;
  readonly tables: SequenceTables | null;
  /** Offset after it. */
  readonly end: number;
  /** Cells of the tables that came with it. */
  readonly cells: number;
}

/** Reads what precedes a block's sequences (RFC 8878, 3.1.1.3.2.1). @throws ZstdError */
export function readSequenceHeader(
  bytes: Uint8Array,
  start: number,
  limit: number,
  known: SequenceTables | null,
  lenient: boolean,
): SequenceHeader {
  const first = bytes[start];
  if (start >= limit || first === undefined) throw corrupt();
  const width = first < 128 ? 1 : first < 255 ? 2 : 3;
  if (start + width > limit) throw corrupt();
  const second = bytes[start + 1] as number;
  const count =
    width === 1
      ? first
      : width === 2
        ? ((first - 128) << 8) + second
        : second + ((bytes[start + 2] as number) << 8) + 0x7f00;
  let at = start + width;
  if (count === 0) return { count, tables: known, end: at, cells: 0 };
  const modes = bytes[at] as number;
  if (at >= limit || (!lenient && (modes & 3) !== 0)) throw corrupt();
  at += 1;
  let cells = 0;
  const tables = kinds.map(({ key, accuracy, lastSymbol, usual }, index) => {
    const mode = (modes >> (6 - 2 * index)) & 3;
    if (mode === 0) return [key, usual];
    if (mode === 1) {
      const symbol = bytes[at];
      at += 1;
      if (at > limit || symbol === undefined || symbol > lastSymbol) throw corrupt();
      return [key, constantTable(symbol)];
    }
    if (mode === 2) {
      const { table, end } = readTable(bytes, at, limit, accuracy, lastSymbol);
      at = end;
      cells += table.symbols.length;
      return [key, table];
    }
    if (!known) throw corrupt();
    return [key, known[key]];
  });
  return { count, tables: Object.fromEntries(tables) as SequenceTables, end: at, cells };
}

/** Where sequences are carried out: the bytes so far, this block's to come behind them. */
export interface Target {
  readonly bytes: Uint8Array;
  /** Offset of the next byte. */
  at: number;
  /** Offset that may not be reached. */
  readonly limit: number;
  /** The last three offsets, the latest first. */
  readonly recent: Uint32Array;
  /** How far back a copy may begin. */
  readonly window: number;
  /** Bits may be left over, and an offset of nothing is one of a byte. */
  readonly lenient: boolean;
}

/**
 * Carries out a block's sequences: some literals, then a copy of what came before, again and again; the rest of the
 * literals at the end (RFC 8878, 3.1.1.4).
 *
 * @throws ZstdError
 */
export function executeSequences(
  source: Uint8Array,
  start: number,
  end: number,
  { count, tables }: Pick<SequenceHeader, 'count' | 'tables'>,
  literals: Uint8Array,
  target: Target,
): void {
  let literal = 0;
  if (count > 0) {
    if (!tables) throw corrupt();
    const { lengths, offsets, matches } = tables;
    const bits = backwardBits(source, start, end);
    let lengthState = firstState(lengths, bits);
    let offsetState = firstState(offsets, bits);
    let matchState = firstState(matches, bits);
    for (let index = 0; index < count; index += 1) {
      const offsetCode = offsets.symbols[offsetState] as number;
      const matchCode = matches.symbols[matchState] as number;
      const lengthCode = lengths.symbols[lengthState] as number;
      if (offsetCode > longestOffset) throw corrupt();
      const offsetValue = (1 << offsetCode) + takeBits(bits, offsetCode);
      const match = (matchBases[matchCode] as number) + takeBits(bits, matchBits[matchCode] as number);
      const length = (lengthBases[lengthCode] as number) + takeBits(bits, lengthBits[lengthCode] as number);
      if (index + 1 < count) {
        lengthState = nextState(lengths, lengthState, bits);
        matchState = nextState(matches, matchState, bits);
        offsetState = nextState(offsets, offsetState, bits);
      }
      if (bits.left < 0 || length > literals.length - literal) throw corrupt();
      copyLiterals(target, literals, literal, length);
      literal += length;
      copyMatch(target, offsetOf(target, offsetValue, length), match);
    }
    if (bits.left !== 0 && !target.lenient) throw corrupt();
  } else if (start !== end && !target.lenient) throw corrupt();
  copyLiterals(target, literals, literal, literals.length - literal);
}

/** An offset of its own, or one of the last three (RFC 8878, 3.1.1.5). */
function offsetOf({ recent, lenient }: Target, value: number, length: number): number {
  const [first, second, third] = recent as unknown as [number, number, number];
  if (value > 3) {
    recent[2] = second;
    recent[1] = first;
    recent[0] = value - 3;
    return value - 3;
  }
  const which = length === 0 ? value + 1 : value;
  if (which === 1) return first;
  const offset = which === 2 ? second : which === 3 ? third : Math.max(first - 1, lenient ? 1 : 0);
  if (which > 2) recent[2] = second;
  recent[1] = first;
  recent[0] = offset;
  return offset;
}

function copyLiterals(target: Target, literals: Uint8Array, from: number, length: number): void {
  const { bytes, at } = target;
  if (length > target.limit - at) throw corrupt();
  if (length > 32) bytes.set(literals.subarray(from, from + length), at);
  else for (let index = 0; index < length; index += 1) bytes[at + index] = literals[from + index] as number;
  target.at = at + length;
}

function copyMatch(target: Target, offset: number, length: number): void {
  const { bytes, at } = target;
  const from = at - offset;
  if (offset === 0 || offset > target.window || from < 0 || length > target.limit - at) throw corrupt();
  if (length > 32 && length <= offset) bytes.copyWithin(at, from, from + length);
  else for (let index = 0; index < length; index += 1) bytes[at + index] = bytes[from + index] as number;
  target.at = at + length;
}
