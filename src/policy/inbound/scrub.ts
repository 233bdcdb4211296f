import type { Surface } from '../scan/detector.js';
import type { Finding } from '../scan/finding.js';
import { createJoiner } from '../scan/joiner.js';
import type { Scanner } from '../scan/scanner.js';
import type { DeltaIndex } from './deltas.js';
import { isPlain, type PartialIndex } from './partial.js';
import { textStretches } from './stretches.js';

/** What finds the values that must not come back. */
export interface SecretFinder {
  readonly scanner: Scanner;
  readonly partial: PartialIndex;
  readonly deltas: DeltaIndex;
}

/** Thrown where not everything could be looked at: what was not, must not be let out. */
export class NotScannedError extends Error {}

const mask = 0x2a;
/** A window more full of values than one scan reports is scanned again. */
const mostRounds = 8;
/** Released bytes that the next window begins with: a value that began in them is known by them. */
const leadBytes = 512;

/**
 * Covers every known value with asterisks, byte for byte; line breaks stay, since they are the framing of what holds them.
 *
 * @param plain nothing in it is encoded in a way that has to be undone
 * @returns `bytes` itself where nothing was found
 * @throws NotScannedError
 */
export function scrub(
  { scanner }: SecretFinder,
  bytes: Buffer,
  surface: Surface,
  plain: boolean,
  onFound: (finding: Finding) => void,
): Buffer {
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

export interface ScrubStream {
  /** What may go on now: all but an end in which a value may have begun. */
  push(chunk: Buffer): Buffer;
  /** The rest, with the last bytes if there are any more. */
  end(chunk?: Buffer): Buffer;
}

export interface ScrubOptions {
  /** False: only what reads as text is read as such. */
  readonly isText: boolean;
  readonly onFound: (finding: Finding) => void;
}

const nothing = Buffer.alloc(0);
const together = createJoiner();

/** Scrubs a stream as it goes by, without holding back more than a possible beginning of a value (512 bytes). */
export function createScrubStream(finder: SecretFinder, options: ScrubOptions): ScrubStream {
  const { partial } = finder;
  let lead: Buffer = nothing;
  let held: Buffer = nothing;

  const step = (chunk: Buffer, last: boolean): Buffer => {
    // The lead's own findings were covered when it went out.
    const from = lead.length;
    const before = from + held.length;
    const bytes = before === 0 ? chunk : together(lead, held, chunk);
    const found = (finding: Finding) => {
      if (finding.end > from) options.onFound(finding);
    };
    const clean = scrubAny(finder, bytes, 'body', options.isText, found);
    const cut = last
      ? bytes.length
      : Math.max(from, partial.waitingFrom(bytes, isPlain(bytes.subarray(-leadBytes))));
    const going =
      clean !== bytes
        ? clean.subarray(from, cut)
        : cut < before
          ? Buffer.from(bytes.subarray(from, cut))
          : startingWith(held, chunk.subarray(0, cut - before));
    if (!last) {
      lead = Buffer.from(bytes.subarray(Math.max(0, cut - leadBytes), cut));
      held = Buffer.from(bytes.subarray(cut));
    }
    return going;
  };
  return {
    push: (chunk) => (chunk.length === 0 ? chunk : step(chunk, false)),
    end: (chunk = nothing) => step(chunk, true),
  };
}

const startingWith = (first: Buffer, rest: Buffer): Buffer =>
  first.length === 0 ? rest : Buffer.concat([first, rest]);

/** What the first lets go is the second's. */
export const scrubTwice = (first: ScrubStream, second: ScrubStream): ScrubStream => ({
  push: (chunk) => second.push(first.push(chunk)),
  end: (chunk) => second.end(first.end(chunk)),
});
