import { alphabets, memberships } from '../scan/alphabet.js';
import { type BlockCall, blockBytes, eachBlock, foundWords, textKernel } from '../scan/text-kernel.js';
import type { View } from '../scan/view.js';
import { type Collector, collected, newCollector, put, putEvery } from './collector.js';

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
/** Bytes that the kernel's blocks have in common: what a probe takes in, up to a whole number of steps. */
const probeOverlap = (blockBytes % probeStep) + probeStep;

/**
 * Values with a separator of one to three bytes between all their characters: `g h p _`, `g, h, p, _`, `g-h-p-_`,
 * `g | h | p | _`, and the blanks of Unicode.
 *
 * @param probes as {@link spacedProbes} answers them
 */
export function spacedViews(view: View, probes: readonly number[]): readonly View[] {
  const { bytes } = view;
  let collector: Collector | null = null;
  let passed = 0;
  for (const probe of probes) {
    if (probe < passed) continue;
    const found =
      spacedAt(bytes, probe, passed) ??
      spacedAt(bytes, probe + 1, passed) ??
      spacedAt(bytes, probe + 2, passed);
    if (!found) continue;
    const [start, period] = found;
    collector ??= newCollector(256);
    let last = start;
    while (isLetter(bytes[last + period]) && sameSeparator(bytes, start, last, period)) last += period;
    putEvery(collector, bytes, period, start, last + 1);
    // The next one may begin right behind the last letter, within reach of a probe there.
    passed = last;
    put(collector, 0, last + 1, last + 1);
  }
  return collected(view, 'spaced', collector);
}

const none: readonly number[] = [];

/** The places, ascending, at which a spaced-out value may stand; in most texts there are hardly any. */
export function spacedProbes(bytes: Buffer): readonly number[] {
  let probes: number[] | null = null;
  eachBlock(bytes, probeOverlap, findProbes, (from, count) => {
    probes ??= [];
    for (let i = 0; i < count; i += 1) {
      const probe = from + (foundWords[i] as number);
      if (probe !== probes.at(-1)) probes.push(probe);
    }
  });
  return probes ?? none;
}

const findProbes: BlockCall = (block, length, out) =>
  textKernel.calls.findProbes(block, length, probeStep, out);

function sameSeparator(bytes: Buffer, first: number, at: number, period: number): boolean {
  for (let i = 1; i < period; i += 1)
    if (bytes[at + i] !== bytes[first + i] || bytes[at + i] === undefined) return false;
  return true;
}

/** Start and period of a spaced-out value that `at` is a letter of, walked back to its beginning, or to `from`. */
function spacedAt(bytes: Buffer, at: number, from: number): readonly [number, number] | null {
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
    let start = at;
    while (
      start - period >= from &&
      isLetter(bytes[start - period]) &&
      sameSeparator(bytes, at, start - period, period)
    ) {
      start -= period;
      count += 1;
    }
    if (count >= least) return [start, period];
  }
  return null;
}
