import { type BlockCall, eachBlock, foundWords, textKernel } from '../scan/text-kernel.js';
import { type JoinedText, joinPieces, shortestJoin } from './joined.js';

const quote = 0x22;
const backslash = 0x5c;

/**
 * Offsets, in pairs, of the string values of JSON, also of many documents one after another. Keys are left out.
 * Bytes that are no JSON give something too, for the price of one pass.
 */
export function stringValues(bytes: Buffer): readonly number[] {
  const ranges: number[] = [];
  let open = -1;
  eachBlock(bytes, 0, findQuotes, (from, count) => {
    for (let i = 0; i < count; i += 1) {
      const at = from + (foundWords[i] as number);
      if (open < 0) open = at;
      else if (!isEscaped(bytes, open + 1, at)) {
        if (at > open + 1 && !isKey(bytes, at + 1)) ranges.push(open + 1, at);
        open = -1;
      }
    }
  });
  return ranges;
}

const findQuotes: BlockCall = (block, length, out) => textKernel.calls.findByte(block, length, quote, out);

/** An odd number of backslashes stands before it. */
function isEscaped(bytes: Buffer, from: number, at: number): boolean {
  let before = at;
  while (before > from && bytes[before - 1] === backslash) before -= 1;
  return ((at - before) & 1) === 1;
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
