import { alphabets, memberships, runEnd, runStart } from './alphabet.js';

/** Bytes that a span is widened by at most, on either side: a run, a quoted string, a host. */
const longestRun = 16_384;
const longestPrefix = 64;
const longestQuoted = 256;
const longestHost = 160;
/** A span of so many bytes may have been cut off at a rule's bound, and goes on with whatever tokens are made of. */
const cutOff = 256;

/**
 * The span of a finding and what plainly belongs to it: the rest of its word, the scheme and host of its URL, and the
 * whole of a quoted string without white space that it stands in. A rule need not know where a value really ends.
 */
export function widened(
  bytes: Uint8Array,
  span: { readonly start: number; readonly end: number },
): [number, number] {
  const body = span.end - span.start >= cutOff ? alphabets.token : alphabets.dashed;
  const end = escapedEnd(bytes, runEnd(bytes, span.end, span.end + longestRun, body), body);
  const wordStart = runStart(bytes, span.start, span.start - longestPrefix, alphabets.dashed);
  const start = urlStart(bytes, span.start) ?? wordStart;
  return quoted(bytes, start, end) ?? [start, end];
}

/** Where a value of a URL ends that goes on in percent escapes (RFC 3986, 2.1) and the alphabet. */
function escapedEnd(bytes: Uint8Array, from: number, body: number): number {
  let end = from;
  while (
    bytes[end] === 0x25 &&
    end - from < longestRun &&
    runEnd(bytes, end + 1, end + 3, alphabets.hex) === end + 3
  )
    end = runEnd(bytes, end + 3, end + longestRun, body);
  return end;
}

/** Where `https` begins when only a host stands between it and `at`. */
function urlStart(bytes: Uint8Array, at: number): number | null {
  const host = runStart(bytes, at, at - longestHost, alphabets.dotted);
  if (bytes[host - 1] !== 0x2f || bytes[host - 2] !== 0x2f || bytes[host - 3] !== 0x3a) return null;
  return runStart(bytes, host - 3, host - 19, alphabets.alnum);
}

/** The inside of the quotes around `[start, end)`, or null when it stands in none, or in a text. */
function quoted(bytes: Uint8Array, start: number, end: number): [number, number] | null {
  let from = start;
  while (from > 0 && start - from < longestQuoted && inString(bytes[from - 1])) from -= 1;
  const quote = bytes[from - 1];
  if (!isQuote(quote) || startsWithSeparator(bytes[from])) return null;
  let to = end;
  while (to < bytes.length && to - end < longestQuoted && inString(bytes[to])) to += 1;
  return bytes[to] === quote || (bytes[to] === 0x5c && bytes[to + 1] === quote) ? [from, to] : null;
}

const isQuote = (byte: number | undefined): boolean => byte === 0x22 || byte === 0x27 || byte === 0x60;

/** Printable, and neither a quote nor a backslash nor white space. */
const inString = (byte: number | undefined): boolean =>
  byte !== undefined && byte > 0x20 && byte < 0x7f && byte !== 0x5c && !isQuote(byte);

/** What follows a closing quote, and so shows that it opened nothing. */
const startsWithSeparator = (byte: number | undefined): boolean =>
  byte !== undefined &&
  ((memberships[byte] as number) & alphabets.word) === 0 &&
  ':,;+)]}>='.includes(String.fromCharCode(byte));
