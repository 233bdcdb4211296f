import { alphabets, entropy, memberships, runEnd, runStart } from '../scan/alphabet.js';
import { drawn, strangeness } from './bigrams.js';
import type { Candidate } from './candidate.js';

/** Bytes in which the marks of a prefix stand: `sk_live_`, `pat-eu1-`. */
const longestPrefix = 20;
/** Letters and digits that tell whether they were drawn at random; in one case of hexadecimal, or with hyphens among them, more. */
const shortestBody = 20;
const shortestHex = 32;
const shortestMarked = 28;
/** What is longer is an encoded text. */
const longestBody = 200;

/**
 * Letters and digits drawn at random behind a short prefix and a mark: how most providers give out their tokens. So is
 * one of a provider that nobody told us of.
 */
export function isPrefixedToken(bytes: Uint8Array, { start, end, before }: Candidate): boolean {
  // `token_` and the like, which the value was cut from.
  if (before === 0x5f || before === 0x2d) return isDrawn(bytes, start, end);
  const first = runEnd(bytes, start, end, alphabets.alnum);
  if (first === start || first - start > longestPrefix || !isLetter(bytes[start] as number)) return false;
  if (!((memberships[bytes[first] ?? 0] as number) & alphabets.dotted)) return false;
  const last = runStart(bytes, end, start, alphabets.alnum);
  const plain = last - start <= longestPrefix && runEnd(bytes, start, last, alphabets.dotted) === last;
  return isDrawn(bytes, plain ? last : first + 1, end);
}

const isLetter = (byte: number): boolean =>
  ((memberships[byte] as number) & (alphabets.upper | alphabets.lower)) !== 0;

function isDrawn(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length < shortestBody || length > longestBody) return false;
  const marked = runEnd(bytes, start, end, alphabets.alnum) !== end;
  if (marked && (length < shortestMarked || runEnd(bytes, start, end, alphabets.dashed) !== end))
    return false;
  const { digits, upper, lower, hex } = kindsOf(bytes, start, end);
  if (digits < 2 || upper + lower < 2) return false;
  const oneCase = upper === 0 || lower === 0;
  const { bits } = entropy(bytes, start, end);
  if (marked && (oneCase || bits < 4.2)) return false;
  if (hex && oneCase) return length >= shortestHex && bits >= 3;
  return bits >= 3.5 && strangeness(bytes, start, end) >= drawn;
}

function kindsOf(bytes: Uint8Array, start: number, end: number) {
  let [digits, upper, lower, hex] = [0, 0, 0, true];
  for (let at = start; at < end; at += 1) {
    const bits = memberships[bytes[at] as number] as number;
    if (bits & alphabets.digit) digits += 1;
    if (bits & alphabets.upper) upper += 1;
    if (bits & alphabets.lower) lower += 1;
    if (!(bits & alphabets.hex)) hex = false;
  }
  return { digits, upper, lower, hex };
}
