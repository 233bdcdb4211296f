import { alphabets, memberships } from '../scan/alphabet.js';
import { type Candidate, nextCandidate } from './candidate.js';
import { type Marks, opensBit } from './features.js';

/** Bytes after an opener in which a value may begin. */
const reach = 88;
/** Bytes before a value in which words count. */
const memory = 120;
/** Words before a value that count at most, the nearest ones. */
const mostMarks = 24;

/**
 * Answers whether to go on.
 *
 * @param first @param last the marks before the candidate are `marks[first..last)`.
 */
export type Visit = (candidate: Candidate, first: number, last: number) => boolean;

/**
 * Calls `visit` for every value within reach after an opener, with the words before it. Each byte is
 * walked once, however many openers there are, so the work is linear in the text.
 */
export function walkCandidates(bytes: Uint8Array, marks: Marks, least: number, visit: Visit): void {
  const { ends } = marks;
  let at = 0;
  let first = 0;
  let last = 0;
  let opener = openerFrom(marks, 0);
  while (opener < marks.count) {
    const lastOpener = lastInReach(marks, opener);
    const to = Math.min(bytes.length, (ends[lastOpener] as number) + reach);
    at = Math.max(at, ends[opener] as number);
    while (at < to) {
      const candidate = nextCandidate(bytes, at, to, least);
      if (!candidate) break;
      at = candidate.end;
      while ((ends[opener] as number) + reach <= candidate.start) opener = openerFrom(marks, opener + 1);
      if (candidate.start === ends[opener]) skipJoint(bytes, candidate);
      last = marksUntil(marks, Math.max(last, opener), candidate.start);
      cutAtOpener(bytes, marks, last, candidate);
      last = marksUntil(marks, last, candidate.start);
      first = Math.max(first, last - mostMarks);
      while (first < last && (ends[first] as number) < candidate.start - memory) first += 1;
      if (!visit(candidate, first, last)) return;
    }
    at = Math.max(at, to);
    opener = openerFrom(marks, lastOpener + 1);
  }
}

/** The index of the first mark from `index` on that opens, or the marks' count. */
function openerFrom({ ids, count }: Marks, index: number): number {
  let at = index;
  while (at < count && !((ids[at] as number) & opensBit)) at += 1;
  return at;
}

/** The last of the openers from `opener` on that each begin within reach of the one before. */
function lastInReach({ ends, ids, count }: Marks, opener: number): number {
  let last = opener;
  for (let next = opener + 1; next < count; next += 1) {
    if (!((ids[next] as number) & opensBit)) continue;
    if ((ends[next] as number) > (ends[last] as number) + reach) return last;
    last = next;
  }
  return last;
}

/** The index of the first mark from `index` on that ends after `offset`. */
function marksUntil({ ends, count }: Marks, index: number, offset: number): number {
  let at = index;
  while (at < count && (ends[at] as number) <= offset) at += 1;
  return at;
}

const isJoint = (byte: number | undefined): boolean => byte === 0x2d || byte === 0x5f || byte === 0x2e;

/** `provider-1a2b…`: what joins the value to the word before it is no part of it. */
function skipJoint(bytes: Uint8Array, candidate: Candidate): void {
  while (candidate.end - candidate.start > 14 && isJoint(bytes[candidate.start])) candidate.start += 1;
  candidate.before = bytes[candidate.start - 1] as number;
}

function onlyLetters(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1)
    if ((memberships[bytes[at] as number] as number) & alphabets.digit) return false;
  return true;
}

/** `clientSECRET-1a2b…`: the value begins after the last opener inside the run. @param from the first mark inside */
function cutAtOpener(bytes: Uint8Array, marks: Marks, from: number, candidate: Candidate): void {
  for (let i = from; i < marks.count && (marks.ends[i] as number) < candidate.end; i += 1) {
    const end = marks.ends[i] as number;
    if (!((marks.ids[i] as number) & opensBit)) continue;
    let start = end;
    while (start < candidate.end && isJoint(bytes[start])) start += 1;
    if (candidate.end - start < 14 || !onlyLetters(bytes, candidate.start, end)) return;
    candidate.start = start;
    candidate.before = bytes[start - 1] as number;
  }
}
