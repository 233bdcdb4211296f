import type { Automaton } from './automaton.js';
import { openKernel } from './kernel.js';
import { blockBytes, eachRange, reserveBlock } from './text-kernel.js';

/** Occurrences in order of their end: `ends[i]` is the offset after the last byte of keyword `ids[i]`. */
export interface Occurrences {
  count: number;
  ends: Int32Array;
  ids: Uint16Array;
}

/** As many parts of a block are walked side by side, each with a list of its own (`src/kernel/keywords.ts`). */
const lanes = 4;

/** Occurrences for which the memory is kept. */
const mostKept = 1 << 16;
const newOccurrences = (): Occurrences => ({
  count: 0,
  ends: new Int32Array(256),
  ids: new Uint16Array(256),
});

/**
 * Puts an automaton where the kernel walks it.
 * @returns what answers every occurrence in a text. The answer is the same memory each time: it holds until the next.
 */
export function keywordFinder(automaton: Automaton): (bytes: Uint8Array) => Occurrences {
  const { classOf, next, longest, firstEnd } = automaton;
  const overlap = longest - 1;
  // A lane has a fourth of a block and what it has in common with others, and four bytes for each hit.
  const room = blockBytes + 4 * lanes * longest;
  const kernel = openKernel(next.byteLength + blockBytes + lanes * room + (1 << 12));
  const columns = kernel.keep(classOf.map((byteClass) => byteClass * next.BYTES_PER_ELEMENT));
  const rows = kernel.keep(new Uint8Array(next.buffer, next.byteOffset, next.byteLength));
  const fill = reserveBlock(kernel);
  const counts = kernel.reserve(4 * lanes);
  const hits = kernel.reserve(lanes * room);
  const words = new Uint32Array(kernel.memory.buffer);
  let found = newOccurrences();

  return (bytes) => {
    if (found.ends.length > mostKept) found = newOccurrences();
    found.count = 0;
    eachRange(bytes.length, overlap, (from, to) => {
      const block = fill(bytes, from, to);
      kernel.calls.findHits(block, to - from, overlap, columns, rows, firstEnd, hits, room, counts);
      const seen = from === 0 ? 0 : overlap;
      for (let lane = 0; lane < lanes; lane += 1) {
        const first = (hits + lane * room) >>> 2;
        const last = first + (words[(counts >>> 2) + lane] as number);
        for (let at = first; at < last; at += 1) {
          const hit = words[at] as number;
          const offset = hit & 0xffff;
          if (offset >= seen) add(automaton, hit >>> 16, from + offset + 1, found);
        }
      }
    });
    return found;
  };
}

/** Each keyword that ends at a state. */
function add(
  { firstEnd, endingFrom, ending }: Automaton,
  state: number,
  end: number,
  found: Occurrences,
): void {
  const last = endingFrom[state - firstEnd + 1] as number;
  for (let i = endingFrom[state - firstEnd] as number; i < last; i += 1) {
    if (found.count === found.ends.length) grow(found);
    found.ends[found.count] = end;
    found.ids[found.count] = ending[i] as number;
    found.count += 1;
  }
}

function grow(found: Occurrences): void {
  const ends = new Int32Array(found.ends.length * 2);
  ends.set(found.ends);
  found.ends = ends;
  const ids = new Uint16Array(found.ids.length * 2);
  ids.set(found.ids);
  found.ids = ids;
}
