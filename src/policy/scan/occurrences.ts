import type { Automaton } from './automaton.js';
import { type FirstLook, keepLooks, roomForLooks } from './first-look.js';
import { openKernel } from './kernel.js';
import { blockBytes, eachRange, reserveBlock } from './text-kernel.js';

/** Occurrences in order of their end: `ends[i]` is the offset after the last byte of keyword `ids[i]`. */
export interface Occurrences {
  count: number;
  ends: Int32Array;
  ids: Uint16Array;
  /** Those besides that a first look left out, too. */
  tried: number;
}

/** As many parts of a block are walked side by side, each with a list of its own (`src/kernel/keywords.ts`). */
const lanes = 4;

/** Occurrences for which the memory is kept. */
const mostKept = 1 << 16;
const newOccurrences = (): Occurrences => ({
  count: 0,
  ends: new Int32Array(256),
  ids: new Uint16Array(256),
  tried: 0,
});

/**
 * Puts an automaton where the kernel walks it.
 * @param looks by the keywords' numbers
 * @returns what answers the occurrences in a text that a first look leaves. The answer is the same memory each time: it
 *   holds until the next.
 */
export function keywordFinder(
  automaton: Automaton,
  looks: readonly FirstLook[],
): (bytes: Uint8Array) => Occurrences {
  const { classOf, next, longest, mostTogether, firstEnd } = automaton;
  const overlap = longest - 1;
  // A lane has a fourth of a block and what it has in common with others, and four bytes for each hit.
  const room = blockBytes + 4 * lanes * longest;
  const answers = 4 * blockBytes * mostTogether;
  const kernel = openKernel(
    next.byteLength + roomForLooks(automaton, looks) + blockBytes + lanes * room + answers + (1 << 12),
  );
  const columns = kernel.keep(classOf.map((byteClass) => byteClass * next.BYTES_PER_ELEMENT));
  const rows = kernel.keep(new Uint8Array(next.buffer, next.byteOffset, next.byteLength));
  const tables = keepLooks(kernel, automaton, looks);
  const fill = reserveBlock(kernel);
  // The number of each lane's hits, then that of all that were tried.
  const counts = kernel.reserve(4 * (lanes + 1));
  const hits = kernel.reserve(lanes * room);
  const kept = kernel.reserve(answers);
  const words = new Uint32Array(kernel.memory.buffer);
  const { findHits, lookFirst } = kernel.calls;
  let found = newOccurrences();

  return (bytes) => {
    if (found.ends.length > mostKept) found = newOccurrences();
    found.count = 0;
    found.tried = 0;
    eachRange(bytes.length, overlap, (from, to) => {
      const [block, length, seen] = [fill(bytes, from, to), to - from, from === 0 ? 0 : overlap];
      findHits(block, length, overlap, columns, rows, firstEnd, hits, room, counts);
      const count = lookFirst(block, length, seen, firstEnd, hits, room, counts, tables, kept);
      found.tried += words[(counts >>> 2) + lanes] as number;
      while (found.ends.length < found.count + count) grow(found);
      const { ends, ids, count: before } = found;
      for (let i = 0; i < count; i += 1) {
        const word = words[(kept >>> 2) + i] as number;
        ends[before + i] = from + (word & 0xffff) + 1;
        ids[before + i] = word >>> 16;
      }
      found.count = before + count;
    });
    return found;
  };
}

function grow(found: Occurrences): void {
  const ends = new Int32Array(found.ends.length * 2);
  ends.set(found.ends);
  found.ends = ends;
  const ids = new Uint16Array(found.ids.length * 2);
  ids.set(found.ids);
  found.ids = ids;
}
