import { memberships } from '../scan/alphabet.js';
import { costs } from '../scan/budget.js';

/** What may stand between two parts of a value: fields of JSON, of a query, of a cookie, string concatenation. */
const between =
  /^(?:\\{0,7}["']\s{0,4}[,+:}\])\]]\s{0,8}(?:[{[(]\s{0,4})?(?:\\{0,7}["'][\w.-]{1,40}\\{0,7}["']\s{0,4}:\s{0,4})?\\{0,7}["']|[&;]\s?[\w.[\]-]{1,40}=|\\{0,7}["']\s{0,4}\.{0,1}\+?\s{0,4}\\{0,7}["'])/;
const mostParts = 24;
const longestGap = 96;

/** A value that stands in parts: the end of its last one, and the parts put together. */
export interface Joined {
  readonly end: number;
  readonly text: string;
}

/** Follows a value of the alphabet over field boundaries until it is at least `min` bytes long; null when it doesn't come to that. */
export function joinParts(
  bytes: Buffer,
  start: number,
  end: number,
  min: number,
  alphabet: number,
  meter: { spent: number },
): Joined | null {
  let text = bytes.toString('latin1', start, end);
  let at = end;
  for (let part = 0; part < mostParts && text.length < min; part += 1) {
    meter.spent += costs.part;
    const gap = between.exec(bytes.toString('latin1', at, at + longestGap));
    if (!gap) return null;
    let stop = at + gap[0].length;
    const from = stop;
    while (stop < bytes.length && (memberships[bytes[stop] as number] as number) & alphabet) stop += 1;
    if (stop === from) return null;
    text += bytes.toString('latin1', from, stop);
    at = stop;
  }
  return text.length >= min ? { end: at, text } : null;
}
