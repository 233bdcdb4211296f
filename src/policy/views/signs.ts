import { nibbleSets } from '../scan/kernel.js';
import { pairCount } from '../scan/pair-table.js';
import { type BlockCall, eachBlock, foundWords, textKernel } from '../scan/text-kernel.js';
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

const kindBits = 3;
const kindMask = (1 << kindBits) - 1;

/** For two bytes, the first in the low half: the kind that they begin, plus one. */
const kindOfPair = new Uint8Array(pairCount);
const firsts = kinds.map(() => new Set<number>());
const seconds = kinds.map(() => new Set<number>());
for (const [first, kind, follows] of pairs) {
  const index = kinds.indexOf(kind);
  firsts[index]?.add(first);
  for (let second = 0; second < 256; second += 1) {
    if (!follows(second)) continue;
    seconds[index]?.add(second);
    kindOfPair[first | (second << 8)] = index + 1;
  }
}
const pairTable = textKernel.keep(kindOfPair);
const firstBytes = textKernel.keep(nibbleSets(firsts));
const secondBytes = textKernel.keep(nibbleSets(seconds));

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
  let found: readonly number[][] | null = null;
  eachBlock(bytes, 1, findSigns, (from, count) => {
    found ??= kinds.map(() => []);
    for (let i = 0; i < count; i += 1) {
      const sign = foundWords[i] as number;
      (found[(sign & kindMask) - 1] as number[]).push(from + (sign >>> kindBits));
    }
  });
  if (!found) return noSigns;
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

const findSigns: BlockCall = (block, length, out) =>
  textKernel.calls.findSigns(block, length, firstBytes, secondBytes, pairTable, out);
