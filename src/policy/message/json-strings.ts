import { wide } from '../scan/variants.js';
import { type JoinedText, joinPieces, shortestJoin } from './joined.js';

const quote = 0x22;
const backslash = 0x5c;

/**
 * Offsets, in pairs, of the string values of JSON, also of many documents one after another. Keys are left out.
 * Bytes that are no JSON give something too, for the price of one pass.
 */
export function stringValues(bytes: Buffer): readonly number[] {
  const ranges: number[] = [];
  const fours = wide(bytes);
  for (let open = nextQuote(bytes, fours, 0); open >= 0; ) {
    const close = closingQuote(bytes, fours, open + 1);
    if (close < 0) break;
    if (close > open + 1 && !isKey(bytes, close + 1)) ranges.push(open + 1, close);
    open = nextQuote(bytes, fours, close + 1);
  }
  return ranges;
}

/** Bytes that are looked at here: less than it takes to call for more. */
const near = 96;
const fourQuotes = quote * 0x01010101;

/** @param fours the same bytes */
function nextQuote(bytes: Buffer, fours: DataView, from: number): number {
  const end = Math.min(bytes.length, from + near);
  let at = from;
  for (; at + 4 <= end; at += 4) {
    const others = fours.getInt32(at, true) ^ fourQuotes;
    // The high bit of each byte that is zero, and maybe of those behind it.
    const zeros = (others - 0x01010101) & ~others & 0x80808080;
    if (zeros !== 0) return at + ((31 - Math.clz32(zeros & -zeros)) >> 3);
  }
  for (; at < end; at += 1) if (bytes[at] === quote) return at;
  return end === bytes.length ? -1 : bytes.indexOf(quote, end);
}

function closingQuote(bytes: Buffer, fours: DataView, from: number): number {
  for (let at = nextQuote(bytes, fours, from); at >= 0; at = nextQuote(bytes, fours, at + 1)) {
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

/** String values put together in order; they keep their escapes. */
export function joinedStrings(bytes: Buffer, values: readonly number[]): JoinedText | null {
  let total = 0;
  for (let index = 0; index < values.length; index += 2)
    total += (values[index + 1] as number) - (values[index] as number);
  return total < shortestJoin || values.length < 4 ? null : joinPieces(bytes, values);
}

/** The text of a string that holds JSON itself; null for one that doesn't. */
export function innerJson(bytes: Buffer, start: number, end: number): Buffer | null {
  if (end - start < shortestJoin) return null;
  const first = bytes[start];
  if (first !== 0x7b && first !== 0x5b) return null;
  if (!bytes.subarray(start, end).includes('\\"')) return null;
  try {
    return Buffer.from(JSON.parse(`"${bytes.toString('utf8', start, end)}"`) as string, 'utf8');
  } catch {
    return null;
  }
}
