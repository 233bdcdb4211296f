import { type Piece, shortestJoin } from './joined.js';

export interface JoinedText {
  readonly bytes: Buffer;
  readonly pieces: readonly Piece[];
}

/** Of a longer string only this much of either end is joined to its neighbours. Bytes. */
const reach = 128;
const quote = 0x22;
const backslash = 0x5c;

/**
 * The string values of JSON (also of many documents one after another), put together in order. Keys are left out.
 * Strings keep their escapes. Whatever is no JSON gives something too, for the price of one pass.
 */
export function joinedStrings(bytes: Buffer): JoinedText | null {
  const ranges: number[] = [];
  let total = 0;
  for (let open = bytes.indexOf(quote); open >= 0; ) {
    const close = closingQuote(bytes, open + 1);
    if (close < 0) break;
    if (!isKey(bytes, close + 1) && close > open + 1) {
      ranges.push(open + 1, close);
      total += Math.min(close - open - 1, 2 * reach);
    }
    open = bytes.indexOf(quote, close + 1);
  }
  return total < shortestJoin || ranges.length < 4 ? null : joinEnds(bytes, ranges, total);
}

function closingQuote(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(quote, from); at >= 0; at = bytes.indexOf(quote, at + 1)) {
    let before = at;
    while (before > from && bytes[before - 1] === backslash) before -= 1;
    if (((at - before) & 1) === 0) return at;
  }
  return -1;
}

/** A colon follows, after no more than white space. */
function isKey(bytes: Buffer, from: number): boolean {
  let at = from;
  while ((bytes[at] as number) <= 0x20 && at < bytes.length) at += 1;
  return bytes[at] === 0x3a;
}

/** @param total room for what is copied, less what parts the ends of long strings */
export function joinEnds(bytes: Buffer, ranges: readonly number[], total: number): JoinedText {
  const joined = Buffer.allocUnsafe(total + ranges.length);
  const pieces: Piece[] = [];
  let length = 0;
  const copy = (from: number, to: number) => {
    pieces.push({ start: length, end: length + to - from, from, to });
    length += bytes.copy(joined, length, from, to);
  };
  for (let index = 0; index < ranges.length; index += 2) {
    const [from, to] = [ranges[index] as number, ranges[index + 1] as number];
    if (to - from <= 2 * reach) {
      copy(from, to);
      continue;
    }
    copy(from, from + reach);
    joined[length] = 0x09;
    length += 1;
    copy(to - reach, to);
  }
  return { bytes: joined.subarray(0, length), pieces };
}
