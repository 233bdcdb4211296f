import { pairCount } from '../scan/pair-table.js';
import { shortText } from '../scan/short-text.js';
import { foldedBeginnings } from './unicode.js';

/** Offsets, ascending, at which something may have to be undone: by what its first two bytes tell, no more. */
export interface Signs {
  /** `%` before a hexadecimal digit or `u`. */
  readonly percent: readonly number[];
  /** A backslash before `u`, `U`, `x`, `/`, an octal digit or another backslash. */
  readonly backslash: readonly number[];
  /** `&` before `#` or a letter. */
  readonly reference: readonly number[];
  /** `=` before a line break, as such or escaped, or the first digit of a printable byte. */
  readonly quoted: readonly number[];
  /** A zero byte before another byte. */
  readonly zero: readonly number[];
  /** The first byte of a letter that may look like one of ASCII's, or like nothing. */
  readonly foreign: readonly number[];
  /** What the headers of zip and gzip members, of Zstandard and of PNG have in them. */
  readonly archive: readonly number[];
}

const kinds = ['percent', 'backslash', 'reference', 'quoted', 'zero', 'foreign', 'archive'] as const;
const isOneOf = (set: string) => (byte: number) => set.includes(String.fromCharCode(byte));
const hexDigits = '0123456789abcdefABCDEF';
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

const foldedLeads = [...new Set([...foldedBeginnings].map((pair) => pair >> 8))];

/** First byte, kind, and which bytes may follow; one kind a first byte. */
const pairs: readonly (readonly [number, (typeof kinds)[number], (next: number) => boolean])[] = [
  [0x25, 'percent', isOneOf(`${hexDigits}u`)],
  [0x5c, 'backslash', isOneOf('uUx/01234567\\')],
  [0x26, 'reference', isOneOf(`#${letters}`)],
  [0x3d, 'quoted', isOneOf('\n\r234567\\')],
  [0x00, 'zero', (next) => next !== 0],
  [0x1f, 'archive', (next) => next === 0x8b],
  [0x89, 'archive', (next) => next === 0x50],
  [0x03, 'archive', (next) => next === 0x04],
  [0xb5, 'archive', (next) => next === 0x2f],
  ...foldedLeads.map(
    (lead) => [lead, 'foreign', (next: number) => foldedBeginnings.has((lead << 8) | next)] as const,
  ),
];

const kindMask = 7;
const secondMayBegin = 8;

/** For two bytes, the first in the low half: the kind that they begin, plus one, and whether the second may begin one. */
const tableOfPairs = (() => {
  const table = new Uint8Array(pairCount);
  for (const [first, kind, follows] of pairs)
    for (let other = 0; other < 256; other += 1) {
      if (follows(other)) at(first, other, kinds.indexOf(kind) + 1);
      at(other, first, secondMayBegin);
    }
  function at(first: number, second: number, bits: number): void {
    table[first | (second << 8)] = (table[first | (second << 8)] as number) | bits;
  }
  return table;
})();

/** By byte: whether it may be the first of a pair that has something to tell. */
const mayBegin = new Uint8Array(256);
for (const [first] of pairs) mayBegin[first] = 1;

const none: number[] = [];
/** Those of most ordinary text. */
export const noSigns: Signs = Object.freeze({
  percent: none,
  backslash: none,
  reference: none,
  quoted: none,
  zero: none,
  foreign: none,
  archive: none,
});

export function signsOf(bytes: Uint8Array): Signs {
  const found = [none, none, none, none, none, none, none];
  if (bytes.length < shortText) eachByte(found, bytes);
  else eachPair(found, bytes);
  if (found.every((places) => places === none)) return noSigns;
  const [percent, backslash, reference, quoted, zero, foreign, archive] = found as [
    number[],
    number[],
    number[],
    number[],
    number[],
    number[],
    number[],
  ];
  return { percent, backslash, reference, quoted, zero, foreign, archive };
}

function eachByte(found: number[][], bytes: Uint8Array): void {
  const last = bytes.length - 1;
  for (let at = 0; at < last; at += 1) {
    if (mayBegin[bytes[at] as number] === 0) continue;
    const pair = tableOfPairs[(bytes[at] as number) | ((bytes[at + 1] as number) << 8)] as number;
    if (pair & kindMask) note(found, pair & kindMask, at);
  }
}

/** One look at every two bytes; most pairs of ordinary text have nothing to tell. */
function eachPair(found: number[][], bytes: Uint8Array): void {
  const wide = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const table = tableOfPairs;
  const last = bytes.length - 1;
  let at = 0;
  for (; at + 3 <= last; at += 4) {
    const four = wide.getInt32(at, true);
    const first = table[four & 0xffff] as number;
    const second = table[four >>> 16] as number;
    if ((first | second) === 0) continue;
    if (first) told(found, wide, first, at, last);
    if (second) told(found, wide, second, at + 2, last);
  }
  for (; at < last; at += 2) told(found, wide, tableOfPairs[wide.getUint16(at, true)] as number, at, last);
}

/** Notes what a pair of bytes tells, and what its second byte and the next one do. */
function told(found: number[][], wide: DataView, pair: number, at: number, last: number): void {
  if (pair & kindMask) note(found, pair & kindMask, at);
  if (!(pair & secondMayBegin) || at + 2 > last) return;
  const second = (tableOfPairs[wide.getUint16(at + 1, true)] as number) & kindMask;
  if (second) note(found, second, at + 1);
}

function note(found: number[][], kind: number, at: number): void {
  const list = found[kind - 1] as number[];
  if (list === none) found[kind - 1] = [at];
  else list.push(at);
}
