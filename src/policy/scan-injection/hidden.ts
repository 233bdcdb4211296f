import { isAscii } from 'node:buffer';
import type { View } from '../scan/view.js';

interface Hidden {
  readonly rule: string;
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

/** Tag characters (U+E0020 to U+E007E) copy ASCII unseen; they have no use in text but flags, of at most six. */
const leastTags = 12;
/** Invisible characters in a row that carry bits, whatever stands around them. */
const leastBits = 16;
/** In a row amid ASCII, where nothing joins or turns: so many, or several kinds, are no editor's leftover. */
const leastAmidAscii = 4;
/** Joiners alone between ASCII letters, where they join nothing. */
const leastJoiners = 4;

const none: readonly Hidden[] = [];

/** Characters that a person doesn't see and an agent reads: in such number they are there to hide something. */
export const hiddenText = ({ bytes, depth }: View): Iterable<Hidden> =>
  depth > 0 || isAscii(bytes) ? none : hiddenIn(bytes);

function* hiddenIn(bytes: Buffer): Iterable<Hidden> {
  yield* tags(bytes);
  let joiners = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if ((bytes[at] as number) < 0x80) continue;
    const run = runAt(bytes, at);
    if (run.length === 0) continue;
    const score = scoreOf(run, amidAscii(bytes, at, run.end));
    if (score > 0) yield { rule: 'invisible-characters', start: at, end: run.end, score };
    else if (run.kinds === joiner && amidAscii(bytes, at, run.end)) {
      joiners += 1;
      if (joiners === leastJoiners)
        yield { rule: 'invisible-characters', start: at, end: run.end, score: 0.6 };
    }
    at = run.end - 1;
  }
}

interface Run {
  readonly length: number;
  readonly end: number;
  /** Bits of the kinds seen. */
  readonly kinds: number;
}

const joiner = 1;

function scoreOf({ length, kinds }: Run, amid: boolean): number {
  if (length >= leastBits) return 0.95;
  if (length < 2 || !amid) return 0;
  const several = (kinds & (kinds - 1)) !== 0;
  return several || length >= leastAmidAscii ? 0.9 : 0.6;
}

const amidAscii = (bytes: Buffer, start: number, end: number): boolean =>
  start > 0 && (bytes[start - 1] as number) < 0x80 && (bytes[end] ?? 0) < 0x80;

function runAt(bytes: Buffer, from: number): Run {
  let end = from;
  let length = 0;
  let kinds = 0;
  for (let kind = kindAt(bytes, end); kind > 0; kind = kindAt(bytes, end)) {
    kinds |= kind;
    length += 1;
    end += bytes[end] === 0xc2 ? 2 : 3;
  }
  return { length, end, kinds };
}

/** One bit for the kind of invisible character (UTF-8) at `at`, 0 for anything else. */
function kindAt(bytes: Buffer, at: number): number {
  const second = bytes[at + 1];
  const third = bytes[at + 2] as number;
  if (bytes[at] === 0xc2) return second === 0xad ? 2 : 0;
  if (bytes[at] === 0xef) return second === 0xbb && third === 0xbf ? 4 : 0;
  if (bytes[at] !== 0xe2) return 0;
  if (second === 0x80) {
    if (third === 0x8b) return 8;
    if (third === 0x8c || third === 0x8d) return joiner;
    if (third === 0x8e || third === 0x8f || (third >= 0xaa && third <= 0xae)) return 16;
    return 0;
  }
  if (second !== 0x81) return 0;
  if (third >= 0xa0 && third <= 0xa4) return joiner;
  return third >= 0xa6 && third <= 0xa9 ? 16 : 0;
}

/** Tag characters each right after the one before. */
function* tags(bytes: Buffer): Iterable<Hidden> {
  const lead = Buffer.from([0xf3, 0xa0]);
  let count = 0;
  let start = 0;
  let end = -1;
  for (let at = bytes.indexOf(lead); at >= 0; at = bytes.indexOf(lead, end)) {
    if (at !== end) {
      count = 0;
      start = at;
    }
    count += 1;
    end = at + 4;
    if (count === leastTags) yield { rule: 'tag-characters', start, end, score: 0.95 };
  }
}
