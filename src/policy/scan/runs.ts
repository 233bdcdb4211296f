import { alphabets, memberships } from './alphabet.js';
import { asciiSet } from './kernel.js';
import { type BlockCall, eachBlock, foundWords, textKernel } from './text-kernel.js';

/** The shortest run that is worth a look: sixteen bytes in base64, twelve in hexadecimal. */
export const shortestRun = 24;

/** By byte: 1 for letters, digits, `+ / _ -`. */
export const inRun = Uint8Array.from(memberships, (bits, byte) =>
  bits & alphabets.dashed || byte === 0x2b || byte === 0x2f ? 1 : 0,
);

/** What {@link inRun} says, as the kernel reads it. */
const members = textKernel.keep(asciiSet((byte) => inRun[byte] === 1));

/** Every maximal run of at least {@link shortestRun} letters, digits, `+ / _ -`, as pairs of offsets. */
export function findRuns(bytes: Uint8Array): readonly number[] {
  const runs: number[] = [];
  // A run that the end of a block cuts is either found, and goes on, or stands whole in the next one.
  eachBlock(bytes, shortestRun - 1, findInBlock, (from, count) => {
    for (let i = 0; i < 2 * count; i += 2) {
      const start = from + (foundWords[i] as number);
      const end = from + (foundWords[i + 1] as number);
      if (start <= (runs.at(-1) ?? -1)) runs[runs.length - 1] = end;
      else runs.push(start, end);
    }
  });
  return runs;
}

const findInBlock: BlockCall = (block, length, out) =>
  textKernel.calls.findRuns(block, length, shortestRun, members, out);
