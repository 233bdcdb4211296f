import { wordClasses } from './word-classes.js';

/** Words a window holds, and by how many it moves on: an instruction of a sentence or two fills one. */
const windowWords = 40;
const windowStep = 20;

/** Words ahead within which classes are paired. */
const classReach = 4;

/** Words and pairs of words are hashed into two to the power of this many buckets. @public for the training script */
export const bucketBits = 14;
const bucketMask = (1 << bucketBits) - 1;
/** Words and pairs of one window. */
const mostFeatures = windowWords * (3 + 2 * classReach);

/** For each byte: its letter in lower case, or 0 between words. Digits count as one letter, so that numbers are alike. */
const letterOf = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x61 && byte <= 0x7a) return byte;
  if (byte >= 0x41 && byte <= 0x5a) return byte + 0x20;
  if (byte >= 0x30 && byte <= 0x39) return 0x30;
  return byte === 0x27 || byte >= 0x80 ? byte : 0;
});

export interface TextWindow {
  readonly start: number;
  readonly end: number;
}

const hashWord = (word: string): number => {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(word)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
};

/** Class of a word by its hash, from 1. */
const classOf = new Map<number, number>();
wordClasses.forEach((words, index) => {
  for (const word of words) if (!classOf.has(hashWord(word))) classOf.set(hashWord(word), index + 1);
});

/** Words of a text: a hash of each and where it stands. */
function readWords(bytes: Uint8Array): {
  hashes: Uint32Array;
  starts: Uint32Array;
  ends: Uint32Array;
  count: number;
} {
  const most = (bytes.length >> 1) + 1;
  const hashes = new Uint32Array(most);
  const starts = new Uint32Array(most);
  const ends = new Uint32Array(most);
  let count = 0;
  let at = 0;
  while (at < bytes.length) {
    while (at < bytes.length && letterOf[bytes[at] as number] === 0) at += 1;
    if (at === bytes.length) break;
    const start = at;
    let hash = 0x811c9dc5;
    for (let letter = letterOf[bytes[at] as number]; letter; letter = letterOf[bytes[at] as number]) {
      hash = Math.imul(hash ^ letter, 0x01000193);
      at += 1;
      if (at === bytes.length) break;
    }
    hashes[count] = hash >>> 0;
    starts[count] = start;
    ends[count] = at;
    count += 1;
  }
  return { hashes, starts, ends, count };
}

const bucket = (hash: number): number => (Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 7) & bucketMask;

/** The class at `i`, with those of the next few words, and of three in a row. */
function addClasses(classes: Uint8Array, i: number, to: number, add: (hash: number) => void): void {
  const first = classes[i] as number;
  let before = 0;
  for (let j = i + 1; j <= i + classReach && j < to; j += 1) {
    const second = classes[j] as number;
    if (second === 0) continue;
    add(Math.imul(first * 64 + second, 0x27d4eb2f));
    if (before) add(Math.imul((first * 64 + before) * 64 + second, 0x165667b1));
    before = second;
  }
}

/**
 * Calls `visit` for every window with its features: the buckets of its words, of neighbouring pairs, and of pairs with
 * one word between. A bucket comes once.
 */
export function visitWindows(
  bytes: Uint8Array,
  visit: (window: TextWindow, features: Uint16Array, count: number) => void,
): void {
  const { hashes, starts, ends, count } = readWords(bytes);
  const features = new Uint16Array(mostFeatures);
  const classes = Uint8Array.from({ length: count }, (_, i) => classOf.get(hashes[i] as number) ?? 0);
  const seen = new Uint32Array(1 << bucketBits);
  for (let from = 0, stamp = 1; from < count; from += windowStep, stamp += 1) {
    const to = Math.min(count, from + windowWords);
    let used = 0;
    const add = (hash: number): void => {
      const index = bucket(hash);
      if (seen[index] === stamp) return;
      seen[index] = stamp;
      features[used] = index;
      used += 1;
    };
    for (let i = from; i < to; i += 1) {
      const word = hashes[i] as number;
      add(word);
      if (i + 1 < to) add(Math.imul(word, 31) ^ (hashes[i + 1] as number));
      if (i + 2 < to) add(Math.imul(word, 131) ^ (hashes[i + 2] as number) ^ 0x5bd1e995);
      if (classes[i]) addClasses(classes, i, to, add);
    }
    visit({ start: starts[from] as number, end: ends[to - 1] as number }, features, used);
    if (to === count) return;
  }
}
