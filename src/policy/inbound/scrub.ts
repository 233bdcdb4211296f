import type { Surface } from '../scan/detector.js';
import type { Finding } from '../scan/finding.js';
import type { Scanner } from '../scan/scanner.js';
import type { DeltaIndex } from './deltas.js';
import type { Guesses } from './guesses.js';
import { isPlain } from './plain.js';
import { textStretches } from './stretches.js';

/** What finds the values that must not come back. */
export interface SecretFinder {
  readonly scanner: Scanner;
  readonly deltas: DeltaIndex;
  readonly guesses: Guesses;
}

/** Thrown where not everything could be looked at: what was not, must not be let out. */
export class NotScannedError extends Error {}

const mask = 0x2a;
/** A window more full of values than one scan reports is scanned again. */
const mostRounds = 8;
/**
 * Covers every known value with asterisks, byte for byte; line breaks stay, since they are the framing of what holds them.
 *
 * @param plain nothing in it is encoded in a way that has to be undone
 * @returns `bytes` itself where nothing was found
 * @throws NotScannedError
 */
export function scrub(
  { scanner, guesses }: SecretFinder,
  bytes: Buffer,
  surface: Surface,
  plain: boolean,
  onFound: (finding: Finding) => void,
): Buffer {
  if (guesses.areSpent()) throw new NotScannedError('too many pieces of known values came from there');
  let clean = bytes;
  for (let round = 0; round < mostRounds; round += 1) {
    const { findings, outcome } = scanner.scan(clean, surface, { plain });
    if (outcome !== 'complete') throw new NotScannedError('the scan would take too long');
    if (findings.length === 0) return clean;
    if (clean === bytes) clean = Buffer.from(bytes);
    for (const finding of findings) {
      cover(clean, finding.start, finding.end);
      onFound(finding);
    }
  }
  throw new NotScannedError('too full of known values');
}

function cover(bytes: Buffer, start: number, end: number): void {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte !== 0x0a && byte !== 0x0d) bytes[at] = mask;
  }
}

const isCoded = (bytes: Buffer): boolean => !isPlain(bytes);

/**
 * The same for bytes of any kind: what reads as text in them is read as such, whatever they are declared as.
 *
 * @param isText all of them are
 * @throws NotScannedError
 */
export function scrubAny(
  finder: SecretFinder,
  bytes: Buffer,
  surface: Surface,
  isText: boolean,
  onFound: (finding: Finding) => void,
): Buffer {
  if (isText) return scrub(finder, bytes, surface, isPlain(bytes), onFound);
  let clean = scrub(finder, bytes, surface, true, onFound);
  for (const [start, end] of textStretches(bytes, isCoded)) {
    const stretch = clean.subarray(start, end);
    const covered = scrub(finder, stretch, surface, false, (finding) =>
      onFound({ ...finding, start: start + finding.start, end: start + finding.end }),
    );
    if (covered === stretch) continue;
    if (clean === bytes) clean = Buffer.from(bytes);
    covered.copy(clean, start);
  }
  return clean;
}
