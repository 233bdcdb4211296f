import type { Surface } from '../scan/detector.js';
import type { Finding } from '../scan/finding.js';
import type { Scanner } from '../scan/scanner.js';
import { blockScore, warnScore } from '../scan-injection/model.js';
import { NotScannedError } from './scrub.js';

/** The worst that is in a text. */
export interface Judgement {
  readonly verdict: 'clean' | 'warn' | 'block';
  /** null: clean. */
  readonly finding: Finding | null;
}

/**
 * @param from what ends before this offset was judged already
 * @throws NotScannedError
 */
export function judge(scanner: Scanner, bytes: Buffer, from: number, surface: Surface): Judgement {
  const { findings, outcome } = scanner.scan(bytes, surface);
  if (outcome !== 'complete') throw new NotScannedError('the scan would take too long');
  let worst: Finding | null = null;
  for (const finding of findings)
    if (finding.end > from && (!worst || finding.score > worst.score)) worst = finding;
  if (!worst || worst.score < warnScore) return { verdict: 'clean', finding: null };
  return { verdict: worst.score >= blockScore ? 'block' : 'warn', finding: worst };
}

/** Log-odds by which one text is worse than another. */
const margin = 0.5;

/** Whether a text says more of what is in the other, not just the same with something beside it. */
export function isWorse(text: Judgement, other: Judgement): boolean {
  return oddsOf(text) > oddsOf(other) + margin;
}

function oddsOf({ finding }: Judgement): number {
  const score = finding?.score ?? 0;
  return Math.log(score / (1 - score));
}

/** Places that are taken out one by one before all of a text is. */
const mostPlaces = 16;

/** How a part is taken out without breaking what is around it. */
export type Unit = 'span' | 'line' | 'event';

/**
 * Puts a notice in the place of everything that would be blocked, byte for byte, so that framing holds; line breaks at
 * the end of a unit stay.
 *
 * @param from what stands before is out already
 * @throws NotScannedError
 */
export function takeOut(
  scanner: Scanner,
  bytes: Buffer,
  from: number,
  unit: Unit,
  notice: (finding: Finding) => string,
): Buffer {
  const clean = Buffer.from(bytes);
  let last: Finding | null = null;
  for (let place = 0; place < mostPlaces; place += 1) {
    const { verdict, finding } = judge(scanner, clean, from, 'body');
    if (verdict !== 'block' || !finding) return clean;
    last = finding;
    const [start, end] = around(clean, Math.max(from, finding.start), finding.end, from, unit);
    write(clean, start, end, unit, notice(finding));
  }
  if (last) write(clean, from, clean.length, unit, notice(last));
  return clean;
}

/** Widens a span to whole lines or events. */
function around(
  bytes: Buffer,
  start: number,
  end: number,
  from: number,
  unit: Unit,
): readonly [number, number] {
  if (unit === 'span') return [start, end];
  let first = start;
  while (first > from && !isUnitEnd(bytes, first, unit)) first -= 1;
  let last = end;
  while (last < bytes.length && !isUnitEnd(bytes, last, unit)) last += 1;
  return [first, last];
}

/** A unit ends just before `at`. */
function isUnitEnd(bytes: Buffer, at: number, unit: Unit): boolean {
  if (bytes[at - 1] !== 0x0a && bytes[at - 1] !== 0x0d) return false;
  return unit === 'line' || eventEndsAt(bytes, at);
}

/** An event of a stream ends with an empty line; each line with CR LF, LF or CR. */
function eventEndsAt(bytes: Buffer, at: number): boolean {
  const last = bytes[at - 1];
  if (last === 0x0d) return bytes[at - 2] === 0x0d && bytes[at] !== 0x0a;
  if (last !== 0x0a) return false;
  const before = bytes[at - 2] === 0x0d ? at - 3 : at - 2;
  return bytes[before] === 0x0a || bytes[before] === 0x0d;
}

/** Offset after the last event or line that is complete; 0: none. */
export function completeUntil(bytes: Buffer, unit: Unit): number {
  let at = bytes.length;
  while (at > 0 && !isUnitEnd(bytes, at, unit)) at -= 1;
  return at;
}

function write(bytes: Buffer, start: number, end: number, unit: Unit, notice: string): void {
  let last = end;
  if (unit !== 'span')
    while (last > start && (bytes[last - 1] === 0x0a || bytes[last - 1] === 0x0d)) last -= 1;
  bytes.fill(0x20, start, last);
  // A line that begins with a colon is a comment in a stream of events.
  bytes.write(unit === 'event' ? `: ${notice}` : notice, start, last - start, 'latin1');
}
