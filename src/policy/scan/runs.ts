import { alphabets, memberships } from './alphabet.js';

/** The shortest run that is worth a look: sixteen bytes in base64, twelve in hexadecimal. */
export const shortestRun = 24;

/** By byte: 1 for letters, digits, `+ / _ -`. */
export const inRun = Uint8Array.from(memberships, (bits, byte) =>
  bits & alphabets.dashed || byte === 0x2b || byte === 0x2f ? 1 : 0,
);

/**
 * Every maximal run of at least {@link shortestRun} letters, digits, `+ / _ -`, as pairs of offsets.
 * Each place is looked at from where a run that began there would have to reach: of ordinary text, few bytes in 24.
 */
export function findRuns(bytes: Uint8Array): readonly number[] {
  const runs: number[] = [];
  const members = inRun;
  let start = 0;
  while (start + shortestRun <= bytes.length) {
    let at = start + shortestRun - 1;
    while (at >= start && members[bytes[at] as number]) at -= 1;
    if (at >= start) {
      start = at + 1;
      continue;
    }
    let end = start + shortestRun;
    while (end < bytes.length && members[bytes[end] as number]) end += 1;
    runs.push(start, end);
    start = end + 1;
  }
  return runs;
}
