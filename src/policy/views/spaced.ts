import { alphabets, memberships } from '../scan/alphabet.js';
import type { View } from '../scan/view.js';
import { collected, newCollector, put } from './collector.js';

/** Characters in a row, each parted from the next, that make a spaced-out value. */
const least = 12;
const isLetter = (byte: number | undefined): boolean =>
  byte !== undefined && ((memberships[byte] as number) & alphabets.dashed) !== 0;

/**
 * Values with a separator of one or two bytes between all their characters: `g h p _`, `g, h, p, _`, `g-h-p-_`.
 * One place in eight is looked at.
 */
export function* spacedViews(view: View): Iterable<View> {
  const { bytes } = view;
  const collector = newCollector(256);
  for (let probe = 0; probe + 7 < bytes.length; probe += 8) {
    const found = spacedAt(bytes, probe) ?? spacedAt(bytes, probe + 1) ?? spacedAt(bytes, probe + 2);
    if (!found) continue;
    const [start, period] = found;
    let at = start;
    while (isLetter(bytes[at])) {
      put(collector, bytes[at] as number, at, at + 1);
      if (!sameSeparator(bytes, start, at, period)) break;
      at += period;
    }
    put(collector, 0, at, at);
    probe = Math.max(probe, at - (at % 8));
  }
  yield* collected(view, 'spaced', collector);
}

function sameSeparator(bytes: Buffer, first: number, at: number, period: number): boolean {
  for (let i = 1; i < period; i += 1) if (bytes[at + i] !== bytes[first + i] || bytes[at + i] === undefined) return false;
  return true;
}

/** Start and period of a spaced-out value at `at`, walked back to its beginning. */
function spacedAt(bytes: Buffer, at: number): readonly [number, number] | null {
  const separator = bytes[at + 1];
  if (separator === undefined || !isLetter(bytes[at])) return null;
  for (const period of [2, 3]) {
    if (bytes[at + 1 + period] !== separator || bytes[at + 1 + 2 * period] !== separator) continue;
    if ((memberships[separator] as number) & alphabets.alnum) continue;
    let count = 0;
    let end = at;
    while (count < least && isLetter(bytes[end]) && sameSeparator(bytes, at, end, period)) {
      end += period;
      count += 1;
    }
    if (count < least) continue;
    let start = at;
    while (start >= period && isLetter(bytes[start - period]) && sameSeparator(bytes, at, start - period, period))
      start -= period;
    return [start, period];
  }
  return null;
}
