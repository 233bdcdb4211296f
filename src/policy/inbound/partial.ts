import { isAscii } from 'node:buffer';
import { alphabets, memberships } from '../scan/alphabet.js';
import { budgetFor } from '../scan/budget.js';
import type { KnownSecret } from '../scan/detector.js';
import { createFormList, formCount } from '../scan/forms.js';
import { variantsOf } from '../scan/variants.js';
import { textView, type View } from '../scan/view.js';
import { decodeViews } from '../views/decode.js';

/** Tells where a value may have begun at the end of some bytes, too short yet to be found. */
export interface PartialIndex {
  /**
   * Offset of the first byte that has to wait for what follows; `bytes.length`: none.
   *
   * @param plain nothing is encoded in a way that has to be undone
   */
  waitingFrom(bytes: Buffer, plain: boolean): number;
}

/** Letters and digits of a beginning that are let out: fewer than these are anybody's. */
const shortest = 4;
/** A piece of so many letters and digits is found as such, whatever follows. */
const longest = 20;
/** Letters and digits in the middle of a value that are held back like its beginning. */
const middle = 8;
/** Bytes looked back over: separators and escapes are many bytes a letter. */
const reach = 512;
/** Bytes an escape may take; one that is cut off stands behind what its view shows. */
const longestEscape = 40;
/** Bits of the filter for each thing in it, and at most: with two bits a thing, chance makes next to nothing wait. */
const bitsEach = 128;
const mostBits = 25;

interface Filter {
  readonly bits: Uint32Array;
  readonly mask: number;
}

const seeds = { beginning: 0x811c9dc5, middle: 0x2f0b4c47 } as const;
type Part = keyof typeof seeds;

function hashOf(part: Part, bytes: Uint8Array, from: number, to: number): number {
  let hash: number = seeds[part];
  for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

const second = (hash: number): number => Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> 0;

function add({ bits, mask }: Filter, hash: number): void {
  for (const bit of [hash & mask, second(hash) & mask])
    bits[bit >>> 5] = (bits[bit >>> 5] as number) | (1 << (bit & 31));
}

function has({ bits, mask }: Filter, hash: number): boolean {
  const one = hash & mask;
  if (((bits[one >>> 5] as number) & (1 << (one & 31))) === 0) return false;
  const other = second(hash) & mask;
  return ((bits[other >>> 5] as number) & (1 << (other & 31))) !== 0;
}

function newFilter(entries: number): Filter {
  const size = Math.min(mostBits, Math.max(12, Math.ceil(Math.log2(entries * bitsEach + 1))));
  return { bits: new Uint32Array(2 ** size / 32), mask: 2 ** size - 1 };
}

export function buildPartialIndex(secrets: readonly KnownSecret[]): PartialIndex {
  const values = secrets.map(({ value }) => value).filter((value) => value.length > 0);
  const literals = values.map((value) => Buffer.from(value, 'utf8'));
  const list = createFormList();
  for (const value of values) for (const { bytes } of variantsOf(value)) list.add(bytes);
  const forms = list.done();
  const filter = newFilter(forms.letters.length + formCount(forms) * 2 * longest);
  for (let form = 0; form < formCount(forms); form += 1)
    addNeedle(filter, forms.letters.subarray(forms.starts[form], forms.starts[form + 1]));
  return {
    waitingFrom: (bytes, plain) => {
      const tail = bytes.subarray(Math.max(0, bytes.length - reach));
      let first = Math.min(waitingInView(filter, textView(tail)), waitingLiteral(literals, tail));
      if (!plain && (mayDecode(tail) || endsInRun(tail)))
        first = Math.min(first, waitingDecoded(filter, tail));
      return Math.min(bytes.length, bytes.length - tail.length + first);
    },
  };
}

function addNeedle(filter: Filter, needle: Uint8Array): void {
  const last = Math.min(longest, needle.length);
  for (let length = shortest; length <= last; length += 1)
    add(filter, hashOf('beginning', needle, 0, length));
  for (let at = 0; at + middle <= needle.length; at += 1)
    add(filter, hashOf('middle', needle, at, at + middle));
}

/** Letters and digits at the end of a view, and where each stands there; valid until the next call. */
const atEnd = { letters: Buffer.alloc(longest), places: new Uint32Array(longest), length: 0 };

function lettersAtEnd(bytes: Buffer): typeof atEnd {
  let from = longest;
  for (let at = bytes.length - 1; at >= 0 && from > 0; at -= 1) {
    if (!isLetter(bytes[at] as number)) continue;
    from -= 1;
    atEnd.letters[from] = (bytes[at] as number) | toLower;
    atEnd.places[from] = at;
  }
  atEnd.length = longest - from;
  atEnd.letters.copyWithin(0, from);
  atEnd.places.copyWithin(0, from);
  return atEnd;
}

/** A letter or a digit, as the search for known values leaves them; digits have the bit already. */
const toLower = 0x20;

function isLetter(byte: number): boolean {
  return ((memberships[byte] as number) & alphabets.alnum) !== 0;
}

/** By the offsets of the bytes that the view was made from. */
function waitingInView(filter: Filter, view: View): number {
  const { letters, places, length } = lettersAtEnd(view.bytes);
  const isMiddle = length >= middle && has(filter, hashOf('middle', letters, length - middle, length));
  let first = isMiddle ? 0 : length;
  if (!isMiddle)
    for (let from = 0; from + shortest <= length; from += 1) {
      if (!has(filter, hashOf('beginning', letters, from, length))) continue;
      first = from;
      break;
    }
  if (first === length) return Number.POSITIVE_INFINITY;
  const place = places[first] as number;
  return view.origin(place, place + 1)[0];
}

/** Values with few letters are looked for as they are. */
function waitingLiteral(literals: readonly Buffer[], tail: Buffer): number {
  let first = Number.POSITIVE_INFINITY;
  for (const literal of literals) {
    const [one, two] = literal;
    for (let at = Math.max(0, tail.length - literal.length + 1); at + 2 <= tail.length; at += 1) {
      if (tail[at] !== one || tail[at + 1] !== two) continue;
      if (literal.compare(tail, at, tail.length, 0, tail.length - at) !== 0) continue;
      first = Math.min(first, at);
      break;
    }
  }
  return first;
}

/** An escape that is cut off: its letters would be taken for some of the text. */
const cutEscape =
  /(?:%(?:25)*(?:u[0-9a-f]{0,3}|[0-9a-f])?|\\+(?:u(?:\{?[0-9a-f]{0,5}|\{0*[0-9a-f]{0,6}|[0-9a-f]{4}\\*u?[0-9a-f]{0,3})|u[0-9a-f]{0,7}|x\{?0*[0-9a-f]{0,6}|[0-7]{0,3})?|&(?:#(?:x0*[0-9a-f]{0,6}|0*\d{0,7}))?|=(?:[0-9a-f]|\r)?)$/i;

/** What the end decodes to, in one step and in two, as it stands and without an escape that is cut off. */
function waitingDecoded(filter: Filter, tail: Buffer): number {
  const budget = budgetFor(tail.length);
  let first = Number.POSITIVE_INFINITY;
  const look = (view: View, length: number) => {
    const [, end] = view.origin(0, view.bytes.length);
    if (end >= length - longestEscape) first = Math.min(first, waitingInView(filter, view));
  };
  const cut = cutEscape.exec(tail.subarray(-longestEscape).toString('latin1'));
  const whole = cut ? tail.subarray(0, tail.length - cut[0].length) : tail;
  for (const part of whole === tail ? [tail] : [tail, whole]) {
    const text = textView(part);
    look(text, part.length);
    for (const view of decodeViews(text, budget)) {
      look(view, part.length);
      for (const inner of decodeViews(view, budget)) look(inner, part.length);
    }
  }
  return first;
}

/** Escapes, and letters beyond ASCII that may stand for others. */
function mayDecode(bytes: Buffer): boolean {
  if (!isAscii(bytes) || bytes.includes(0x25) || bytes.includes(0x5c) || bytes.includes(0x26)) return true;
  // In quoted-printable two digits follow, or the end of a line.
  for (let at = bytes.indexOf(0x3d); at >= 0; at = bytes.indexOf(0x3d, at + 1))
    if (at + 2 >= bytes.length || followsEquals(bytes, at + 1)) return true;
  return false;
}

function followsEquals(bytes: Buffer, at: number): boolean {
  const byte = bytes[at] as number;
  if (byte === 0x0a || byte === 0x0d) return true;
  return isHexDigit(byte) && isHexDigit(bytes[at + 1] as number);
}

function isHexDigit(byte: number): boolean {
  return ((memberships[byte] as number) & alphabets.hex) !== 0;
}

/** Nothing in it can be undone: no escape, and no run that is long enough to be another text. */
export function isPlain(bytes: Buffer): boolean {
  if (mayDecode(bytes)) return false;
  return !hasLongRun(bytes);
}

/** Each place is looked at from where a run that began there would have to reach: of ordinary text, few bytes in 32. */
function hasLongRun(bytes: Buffer): boolean {
  for (let start = 0; start + longRun <= bytes.length; ) {
    let at = start + longRun - 1;
    while (at >= start && isRunByte(bytes[at])) at -= 1;
    if (at < start) return true;
    start = at + 1;
  }
  return false;
}

/** Bytes of a run that is looked into: twelve letters in hexadecimal of base64. */
const longRun = 32;

/** Letters and digits that may be another text in base64 or hexadecimal. */
const shortestRun = 16;

function endsInRun(bytes: Buffer): boolean {
  let at = bytes.length;
  while (at > 0 && at > bytes.length - longestEscape && !isRunByte(bytes[at - 1])) at -= 1;
  const end = at;
  while (at > 0 && end - at < shortestRun && isRunByte(bytes[at - 1])) at -= 1;
  return end - at === shortestRun;
}

const inRun = Uint8Array.from(memberships, (bits) => (bits & alphabets.base64 ? 1 : 0));

function isRunByte(byte: number | undefined): boolean {
  return inRun[byte as number] === 1;
}
