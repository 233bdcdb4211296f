import type { Finding } from '../scan/finding.js';
import { createJoiner } from '../scan/joiner.js';
import { completeUntil, type Unit } from './judge.js';
import { type SecretFinder, scrubAny } from './scrub.js';

export interface ScrubStream {
  /** What may go on now. */
  push(chunk: Buffer): Buffer;
  /** What is held, where nothing more comes for a while. */
  release(): Buffer;
  /** The rest, with the last bytes if there are any more. */
  end(chunk?: Buffer): Buffer;
}

export interface ScrubOptions {
  /** False: only what reads as text is read as such. */
  readonly isText: boolean;
  /** What goes on as soon as it is complete. */
  readonly unit: Unit;
  readonly onFound: (finding: Finding) => void;
}

const nothing = Buffer.alloc(0);
const together = createJoiner();
/**
 * Bytes at the end that wait for what follows, and that are looked at with it: a value of which the twentieth letter has
 * come is known, so that its beginning is in them however it is written.
 */
const holdBytes = 512;
/** Bytes before the end in which a piece may still grow. */
const settled = 64;

/**
 * Scrubs a stream as it goes by. What waits at its end does so whatever it is: if that depended on the values, an upstream
 * and a reader that work together would learn them letter by letter from what waits.
 */
export function createScrubStream(finder: SecretFinder, options: ScrubOptions): ScrubStream {
  const { isText, unit, onFound } = options;
  const { guesses } = finder;
  /** The last bytes as they came. */
  let lead: Buffer = nothing;
  /** The last bytes as they will go. */
  let held: Buffer = nothing;
  /** Pieces at the end, which may go on. */
  let growing: readonly Buffer[] = [];

  /** What stands so near the end may go on with the next bytes, and is told of then. */
  function noteAll(bytes: Buffer, from: number, found: readonly Finding[]): void {
    const rest: Buffer[] = [];
    for (const { start, end } of found) {
      if (end > bytes.length - settled) rest.push(Buffer.from(bytes.subarray(start, end)));
      else if (end > from - settled) guesses.note(bytes, start, end);
    }
    growing = rest;
  }
  function noteRest(): void {
    for (const piece of growing) guesses.note(piece, 0, piece.length);
    growing = [];
  }

  function look(chunk: Buffer): Buffer {
    const from = lead.length;
    const bytes = from === 0 ? chunk : together(lead, chunk);
    const found: Finding[] = [];
    const clean = scrubAny(finder, bytes, 'body', isText, (finding) => {
      found.push(finding);
      if (finding.end > from) onFound(finding);
    });
    noteAll(bytes, from, found);
    if (clean !== bytes) held = coverToo(held, bytes, clean, from);
    lead = Buffer.from(bytes.subarray(-holdBytes));
    return clean === bytes ? chunk : clean.subarray(from);
  }

  function waitForMore(clean: Buffer): Buffer {
    let going = held;
    if (clean.length >= holdBytes) {
      // As it came: to put it together with the end of the one before would be a copy of all that goes by.
      held = clean;
      return going;
    }
    going = held.subarray(0, Math.max(0, held.length + clean.length - holdBytes));
    held = Buffer.concat([held.subarray(going.length), clean]);
    return going;
  }

  return {
    push(chunk) {
      if (chunk.length === 0) return chunk;
      const clean = look(chunk);
      if (unit === 'span') return waitForMore(clean);
      const all = held.length === 0 ? clean : Buffer.concat([held, clean]);
      const cut = cutAfterUnit(all, unit);
      held = Buffer.from(all.subarray(cut));
      return all.subarray(0, cut);
    },
    release() {
      noteRest();
      const going = held;
      held = nothing;
      return going;
    },
    end(chunk = nothing) {
      const clean = chunk.length === 0 ? chunk : look(chunk);
      noteRest();
      const before = held;
      held = nothing;
      return before.length === 0 ? clean : clean.length === 0 ? before : Buffer.concat([before, clean]);
    },
  };
}

/** What was found in `clean`, the first bytes of which are the last of what is held. */
function coverToo(held: Buffer, bytes: Buffer, clean: Buffer, from: number): Buffer {
  const count = Math.min(held.length, from);
  const ahead = from - count;
  if (bytes.subarray(ahead, from).equals(clean.subarray(ahead, from))) return held;
  const covered = Buffer.from(held);
  for (let at = ahead; at < from; at += 1)
    if (clean[at] !== bytes[at]) covered[held.length - from + at] = clean[at] as number;
  return covered;
}

/** Where what is complete ends; of a long one that isn't, where the bytes begin that wait. */
function cutAfterUnit(bytes: Buffer, unit: Unit): number {
  const end = completeUntil(bytes.subarray(-holdBytes), unit);
  const rest = Math.max(0, bytes.length - holdBytes);
  return rest + end;
}

/** What the first lets go is the second's. */
export const scrubTwice = (first: ScrubStream, second: ScrubStream): ScrubStream => ({
  push: (chunk) => second.push(first.push(chunk)),
  release: () => second.push(first.release()),
  end: (chunk) => second.end(first.end(chunk)),
});
