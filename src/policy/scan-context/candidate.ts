import { alphabets, memberships } from '../scan/alphabet.js';

/** A value that may be a credential: its bytes, and how it stands there. */
export interface Candidate {
  start: number;
  end: number;
  /** The byte before and after, 0 at an edge. */
  before: number;
  after: number;
}

const valueByte = Uint8Array.from(memberships, (bits, byte) =>
  bits & alphabets.dotted || byte === 0x2b || byte === 0x2f || byte === 0x7e ? 1 : 0,
);
/** What may stand in a value at all. */
const inValue = Uint8Array.from(memberships, (bits, byte) =>
  bits & alphabets.graphic ||
  byte === 0x3b ||
  byte === 0x3c ||
  byte === 0x3e ||
  byte === 0x2c ||
  byte === 0x60
    ? 1
    : 0,
);
/** Bytes of a value that are looked at. */
export const longestValue = 512;
const isQuote = (byte: number | undefined) => byte === 0x22 || byte === 0x27 || byte === 0x60;

/**
 * The next value in `[from, to)` of at least `least` bytes, or null. A value stands in quotes without white space,
 * or is a run of letters, digits and `_ - . + / ~`. `to` bounds where it begins, not where it ends.
 */
export function nextCandidate(bytes: Uint8Array, from: number, to: number, least: number): Candidate | null {
  let at = from;
  /** All bytes from `at` up to here may stand in a value. */
  let fitting = from;
  while (at < to) {
    if (at + least > fitting) {
      const start = skipShort(bytes, at, Math.max(at, fitting), to, least);
      fitting = start + least;
      at = start > at && isQuote(bytes[start - 1]) ? start - 1 : start;
      if (at >= to) return null;
    }
    const byte = bytes[at] as number;
    if (isQuote(byte)) {
      const end = quotedEnd(bytes, at + 1, byte);
      if (end - at - 1 >= least) return edged(bytes, at + 1, end);
      at += 1;
      continue;
    }
    if (!valueByte[byte]) {
      at += 1;
      continue;
    }
    const end = plainEnd(bytes, at);
    if (end - at >= least) return edged(bytes, at, end);
    at = end;
  }
  return null;
}

/**
 * The first offset in `[from, to]` from which on `least` bytes may all stand in a value, or one beyond. A place is looked
 * at from where a value would have to reach, so that of ordinary words only the last letters are.
 * @param fitting bytes from `from` up to here are known to do.
 */
function skipShort(bytes: Uint8Array, from: number, fitting: number, to: number, least: number): number {
  let start = from;
  let known = fitting;
  while (start <= to && start + least <= bytes.length) {
    let at = start + least - 1;
    while (at >= known && inValue[bytes[at] as number]) at -= 1;
    if (at < known) return start;
    start = at + 1;
    known = start;
  }
  return to + 1;
}

/** The offset of the closing quote, or -1 when what is between isn't one word with something odd in it. */
function quotedEnd(bytes: Uint8Array, from: number, quote: number): number {
  const limit = Math.min(bytes.length, from + 128);
  let odd = false;
  for (let at = from; at < limit; at += 1) {
    const byte = bytes[at] as number;
    if (byte === quote) return odd ? at : -1;
    if (!valueByte[byte]) {
      odd = true;
      if (!inValue[byte]) return -1;
    }
  }
  return -1;
}

function plainEnd(bytes: Uint8Array, from: number): number {
  const limit = Math.min(bytes.length, from + longestValue);
  let end = from + 1;
  while (end < limit && valueByte[bytes[end] as number]) end += 1;
  // A sentence's full stop is no part of the value; the padding of base64 is.
  while (end > from + 1 && (bytes[end - 1] === 0x2e || bytes[end - 1] === 0x2f)) end -= 1;
  for (let pad = 0; pad < 2 && bytes[end] === 0x3d; pad += 1) {
    const next = bytes[end + 1];
    if (next !== undefined && valueByte[next]) break;
    end += 1;
  }
  return end;
}

function edged(bytes: Uint8Array, start: number, end: number): Candidate {
  return { start, end, before: bytes[start - 1] ?? 0, after: bytes[end] ?? 0 };
}

/** `{"` and a letter in base64, and no dot, so that it is no signed token: a text, which is looked at decoded. */
export function isEncodedJson(bytes: Uint8Array, { start, end }: Candidate): boolean {
  if (bytes[start] !== 0x65 || bytes[start + 1] !== 0x79 || bytes[start + 2] !== 0x4a) return false;
  for (let at = start; at < end; at += 1) if (bytes[at] === 0x2e) return false;
  return true;
}

/** More than half of the bytes are like the one before: nobody drew that at random. */
export function isRepetitive(bytes: Uint8Array, { start, end }: Candidate): boolean {
  let repeats = 0;
  for (let at = start + 1; at < end; at += 1) if (bytes[at] === bytes[at - 1]) repeats += 1;
  return repeats * 2 > end - start;
}

/** Names of what was encrypted already, or wrapped in another key: RFC 7516, 7.2; RFC 5652, 6.2. */
const encryptedNames = [
  'encrypted_key',
  'encryptedkey',
  'ciphertext',
  'wrapped_key',
  'wrappedkey',
  'encrypteddata',
];

/** Whether one of these names stands before the value, with nothing but marks between. */
export function isEncrypted(bytes: Uint8Array, { start }: Candidate): boolean {
  let nameEnd = start;
  const limit = Math.max(0, start - 8);
  while (nameEnd > limit && !((memberships[bytes[nameEnd - 1] as number] as number) & alphabets.word))
    nameEnd -= 1;
  const last = bytes[nameEnd - 1] as number | undefined;
  if (last === undefined || !lastLetters.has(last | 0x20)) return false;
  return encryptedBytes.some((name) => endsWith(bytes, nameEnd, name));
}
const encryptedBytes = encryptedNames.map((name) => Buffer.from(name, 'latin1'));

/** Whether the lower-case `name` stands before `end`, in any case. */
function endsWith(bytes: Uint8Array, end: number, name: Uint8Array): boolean {
  for (let i = 1; i <= name.length; i += 1) {
    const byte = bytes[end - i] ?? 0;
    const wanted = name[name.length - i] as number;
    if (byte !== wanted && !(byte >= 0x41 && byte <= 0x5a && (byte | 0x20) === wanted)) return false;
  }
  return true;
}
const lastLetters = new Set(encryptedNames.map((name) => name.charCodeAt(name.length - 1)));
