import { alphabets, memberships } from '../scan/alphabet.js';
import type { View } from '../scan/view.js';
import { type Collector, collected, newCollector, put } from './collector.js';

/** Characters in a row, each parted from the next, that make a spaced-out value. */
const least = 12;
const letter = 1;
const separates = 2;
/** Whether a byte may be a character of the value, or the first byte of a separator; `-` and `_` may be both. */
const rolesOf = Uint8Array.from(
  memberships,
  (bits) => (bits & alphabets.dashed ? letter : 0) | (bits & alphabets.alnum ? 0 : separates),
);
const isLetter = (byte: number | undefined): boolean =>
  byte !== undefined && ((rolesOf[byte] as number) & letter) !== 0;

/** Between two probes: a spaced-out value is at least twice `least` bytes long. */
const probeStep = 14;

/**
 * Values with a separator of one to three bytes between all their characters: `g h p _`, `g, h, p, _`, `g-h-p-_`,
 * `g | h | p | _`, and the blanks of Unicode.
 */
export function spacedViews(view: View): readonly View[] {
  const { bytes } = view;
  let collector: Collector | null = null;
  for (let probe = nextProbe(bytes, 0); probe >= 0; probe = nextProbe(bytes, probe + probeStep)) {
    const found = spacedAt(bytes, probe) ?? spacedAt(bytes, probe + 1) ?? spacedAt(bytes, probe + 2);
    if (!found) continue;
    const [start, period] = found;
    collector ??= newCollector(256);
    let at = start;
    while (isLetter(bytes[at])) {
      put(collector, bytes[at] as number, at, at + 1);
      if (!sameSeparator(bytes, start, at, period)) break;
      at += period;
    }
    put(collector, 0, at, at);
    while (probe + probeStep < at) probe += probeStep;
  }
  return collected(view, 'spaced', collector);
}

/** False: there is none, which most texts show at once. */
export const holdsSpaced = (bytes: Buffer): boolean => nextProbe(bytes, 0) >= 0;

/**
 * The first probe from `from` on at which a letter and a separator follow each other, and one byte comes again
 * two and four, three and six, or four and eight bytes on; -1 when there is none.
 */
function nextProbe(bytes: Buffer, from: number): number {
  const roles = rolesOf;
  for (let at = from; at + 10 < bytes.length; at += probeStep) {
    const first = bytes[at + 1] as number;
    const second = bytes[at + 2] as number;
    const third = bytes[at + 3] as number;
    const one = roles[first] as number;
    const two = roles[second] as number;
    const begins = (((roles[bytes[at] as number] as number) << 1) & one) | ((one << 1) & two);
    if (!((begins | ((two << 1) & (roles[third] as number))) & separates)) continue;
    if (
      (bytes[at] === second && second === bytes[at + 4]) ||
      (first === third && third === bytes[at + 5]) ||
      (bytes[at] === third && third === bytes[at + 6]) ||
      (first === bytes[at + 4] && first === bytes[at + 7]) ||
      (second === bytes[at + 5] && second === bytes[at + 8]) ||
      (first === bytes[at + 5] && first === bytes[at + 9]) ||
      (second === bytes[at + 6] && second === bytes[at + 10]) ||
      (third === bytes[at + 7] && third === bytes[at + 11])
    )
      return at;
  }
  return -1;
}

function sameSeparator(bytes: Buffer, first: number, at: number, period: number): boolean {
  for (let i = 1; i < period; i += 1)
    if (bytes[at + i] !== bytes[first + i] || bytes[at + i] === undefined) return false;
  return true;
}

/** Start and period of a spaced-out value at `at`, walked back to its beginning. */
function spacedAt(bytes: Buffer, at: number): readonly [number, number] | null {
  const separator = bytes[at + 1];
  if (separator === undefined || !((rolesOf[separator] as number) & separates) || !isLetter(bytes[at]))
    return null;
  for (const period of [2, 3, 4]) {
    if (bytes[at + 1 + period] !== separator || bytes[at + 1 + 2 * period] !== separator) continue;
    let count = 0;
    let end = at;
    while (count < least && isLetter(bytes[end]) && sameSeparator(bytes, at, end, period)) {
      end += period;
      count += 1;
    }
    if (count < least) continue;
    let start = at;
    while (
      start >= period &&
      isLetter(bytes[start - period]) &&
      sameSeparator(bytes, at, start - period, period)
    )
      start -= period;
    return [start, period];
  }
  return null;
}
