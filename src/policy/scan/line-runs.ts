import { inRun, shortestRun } from './runs.js';

/** Backslashes that a string within strings writes one as. */
const mostBackslashes = 8;
const longestBreak = 20;

/** Offset after the backslashes at `at`; `at` where there are none, or too many. */
function afterBackslashes(bytes: Buffer, at: number): number {
  let end = at;
  while (bytes[end] === 0x5c) end += 1;
  return end - at > mostBackslashes ? at : end;
}

/** Offset after the line break at `at`, as such or as strings write it, and what may indent the next line; -1 where there is none. */
function afterBreak(bytes: Buffer, at: number): number {
  const first = bytes[at];
  if (first !== 0x0d && first !== 0x0a && first !== 0x5c) return -1;
  let end = first === 0x0d ? at + 1 : at;
  if (first === 0x5c) {
    end = afterBackslashes(bytes, at);
    if (end > at && bytes[end] === 0x72) end = afterBackslashes(bytes, end + 1);
    if (bytes[end - 1] !== 0x5c || bytes[end] !== 0x6e) return -1;
  } else if (bytes[end] !== 0x0a) return -1;
  end += 1;
  for (let blanks = 0; blanks < 2 && (bytes[end] === 0x20 || bytes[end] === 0x09); blanks += 1) end += 1;
  return end;
}

/** A run and whether there are line breaks in it. */
type LineRun = [start: number, end: number, broken: boolean];

/**
 * Runs that only a line break parts are one, as such or as a string writes it: base64 is broken every 76 characters (RFC 2045, 6.8).
 *
 * @param runs those of the bytes, as pairs of offsets
 */
export function lineRuns(bytes: Buffer, runs: readonly number[]): readonly LineRun[] {
  const joined: LineRun[] = [];
  for (let i = 0; i < runs.length; i += 2) {
    const [start, end] = [runs[i] as number, runs[i + 1] as number];
    const last = joined.at(-1);
    // The letter of an escape is no part of the line that follows it, but of the run.
    const first = bytes[start - 1] === 0x5c ? start + 1 : start;
    if (last && first - last[1] <= longestBreak && afterBreak(bytes, last[1]) === first) {
      last[1] = end;
      last[2] = true;
    } else joined.push([start, end, false]);
  }
  for (const run of joined) {
    const tail = shortTail(bytes, run[1]);
    if (tail === run[1]) continue;
    run[1] = tail;
    run[2] = true;
  }
  return joined;
}

/** The last line of broken base64 may be too short to be a run of its own. */
function shortTail(bytes: Buffer, end: number): number {
  const at = afterBreak(bytes, end);
  if (at < 0) return end;
  const most = Math.min(bytes.length, at + shortestRun);
  let stop = at;
  while (stop < most && inRun[bytes[stop] as number]) stop += 1;
  return stop > at && stop < at + shortestRun ? stop : end;
}

/** What stands in a run, but for its line breaks. */
export const withoutBreaks = (bytes: Buffer, start: number, end: number): string =>
  bytes.toString('latin1', start, end).replace(/\\+[rn]|\s/g, '');
