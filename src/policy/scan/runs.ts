import { alphabets, memberships } from './alphabet.js';

/** The shortest run that is worth a look: sixteen bytes in base64, twelve in hexadecimal. */
export const shortestRun = 24;

const inRun = Uint8Array.from(memberships, (bits, byte) =>
  bits & alphabets.dashed || byte === 0x2b || byte === 0x2f ? 1 : 0,
);

/**
 * Every maximal run of at least {@link shortestRun} letters, digits, `+ / _ -`, as pairs of offsets.
 * Looks at one byte in 24 of ordinary text: a run that long cannot slip between two probes.
 */
export function findRuns(bytes: Uint8Array, from = 0, to = bytes.length): readonly number[] {
  const runs: number[] = [];
  let floor = from;
  let probe = from + shortestRun - 1;
  while (probe < to) {
    if (!inRun[bytes[probe] as number]) {
      probe += shortestRun;
      continue;
    }
    let start = probe;
    while (start > floor && inRun[bytes[start - 1] as number]) start -= 1;
    let end = probe + 1;
    while (end < to && inRun[bytes[end] as number]) end += 1;
    if (end - start >= shortestRun) runs.push(start, end);
    floor = end;
    probe = end + shortestRun;
  }
  return runs;
}
