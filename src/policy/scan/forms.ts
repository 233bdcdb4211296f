/** Many short texts, one behind the other in memory that threads share. */
export interface Forms {
  readonly letters: Uint8Array;
  /** Where each begins, and last where they end. */
  readonly starts: Uint32Array;
}

/** Links from each window of many texts to the next whose hash falls into the same bucket. */
export interface WindowChains {
  /** By bucket: its last window's position and 1; 0: none. */
  readonly heads: Uint32Array;
  readonly shift: number;
  /** By position: what was its bucket's head before. */
  readonly links: Uint32Array;
}

interface FormList {
  add(bytes: Uint8Array): void;
  done(): Forms;
}

/** Memory that a worker sees without a copy of it. */
const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);
export const sharedWords = (count: number): Uint32Array => new Uint32Array(shared(4 * count));

/** Copied behind each other as they come, so that of tens of thousands no object stays. */
export function createFormList(): FormList {
  let letters = new Uint8Array(1 << 12);
  const starts = [0];
  let length = 0;
  return {
    add(bytes) {
      if (length + bytes.length > letters.length) {
        const wider = new Uint8Array(2 * (length + bytes.length));
        wider.set(letters.subarray(0, length));
        letters = wider;
      }
      letters.set(bytes, length);
      length += bytes.length;
      starts.push(length);
    },
    done() {
      const own = new Uint8Array(shared(length));
      own.set(letters.subarray(0, length));
      const places = sharedWords(starts.length);
      places.set(starts);
      return { letters: own, starts: places };
    },
  };
}

export const formCount = ({ starts }: Forms): number => starts.length - 1;

/** Which of them holds a position. */
export function formAt({ starts }: Forms, position: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) <= position) low = middle;
    else high = middle;
  }
  return low;
}

/** Bits of a table's index for `count` entries, of which there are to be `share` a place. */
export const indexBits = (count: number, share: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, Math.ceil(Math.log2(count / share + 1))));

/** The two bits of a filter's word for a window; the word's place is told by other bits of the hash. */
export const bitsOf = (hash: number): number => (1 << hash) | (1 << (hash >>> 5));

/** @param windows how many there will be */
export function newChains({ letters }: Forms, windows: number): WindowChains {
  const bits = indexBits(windows, 1, 8, 19);
  return { heads: sharedWords(1 << bits), shift: 32 - bits, links: sharedWords(letters.length) };
}

const bucketOf = (hash: number, shift: number): number => Math.imul(hash, 0x27d4eb2f) >>> shift;

export function enterWindow({ heads, shift, links }: WindowChains, position: number, hash: number): void {
  const bucket = bucketOf(hash, shift);
  links[position] = heads[bucket] as number;
  heads[bucket] = position + 1;
}

/** The position of the window that was entered last of those whose hash may be this one; -1: none. */
export const firstWindow = ({ heads, shift }: WindowChains, hash: number): number =>
  (heads[bucketOf(hash, shift)] as number) - 1;

/** The one before it; -1: none. */
export const nextWindow = ({ links }: WindowChains, position: number): number =>
  (links[position] as number) - 1;
