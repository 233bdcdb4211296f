import { attackClass, wordClasses } from './word-classes.js';
import { hashOf, look, readWords, type Words } from './words.js';

/** Words a block holds: about a sentence. */
const blockWords = 10;

/** Words ahead within which classes are paired. */
const classReach = 6;

/** Features are hashed into two to the power of this many buckets. @public for the training script */
export const bucketBits = 16;
const kindBits = 2;
const bucketMask = (1 << (bucketBits - kindBits)) - 1;
/** Of one block. */
const mostFeatures = blockWords * (7 + 2 * classReach);

/** Class of a word by the lower bits of its hash, and the hash itself, to be sure. */
const classBits = 12;
const classMask = (1 << classBits) - 1;
const classAt = new Uint8Array(1 << classBits);
const hashAt = new Int32Array(1 << classBits);
wordClasses.forEach((words, index) => {
  for (const word of words) {
    const hash = hashOf(word);
    let slot = hash & classMask;
    while (classAt[slot] && hashAt[slot] !== hash) slot = (slot + 1) & classMask;
    if (classAt[slot]) continue;
    classAt[slot] = index + 1;
    hashAt[slot] = hash;
  }
});

const addressClass = wordClasses.length + 1;
const schemeClass = addressClass + 1;
const dottedClass = schemeClass + 1;

function classOf(hash: number, looks: number): number {
  if (looks & look.addressee) return addressClass;
  if (looks & look.scheme) return schemeClass;
  for (let slot = hash & classMask; classAt[slot]; slot = (slot + 1) & classMask)
    if (hashAt[slot] === hash) return classAt[slot] as number;
  return looks & look.dotted ? dottedClass : 0;
}

const bucket = (hash: number, kind: number): number =>
  ((Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 9) & bucketMask) | (kind << (bucketBits - kindBits));

/** The class at `i`, with those of the next few words, and of three in a row. */
function addClasses(
  classes: Uint8Array,
  i: number,
  to: number,
  add: (hash: number, kind: number) => void,
): void {
  const first = classes[i] as number;
  let before = 0;
  for (let j = i + 1; j <= i + classReach && j < to; j += 1) {
    const second = classes[j] as number;
    if (second === 0) continue;
    add(Math.imul(first * 64 + second, 0x27d4eb2f), 2);
    if (before) add(Math.imul((first * 64 + before) * 64 + second, 0x165667b1), 3);
    before = second;
  }
}

function addWord(
  { hashes, looks, count }: Words,
  i: number,
  kind: number,
  add: (hash: number, kind: number) => void,
): void {
  const word = hashes[i] as number;
  const written = looks[i] as number;
  add(word, 0);
  if (i + 1 < count) add(Math.imul(word, 31) ^ (hashes[i + 1] as number), 1);
  if (i + 2 < count) add(Math.imul(word, 131) ^ (hashes[i + 2] as number) ^ 0x5bd1e995, 1);
  if (written & (look.loud | look.bracketed | look.labels))
    add(word ^ Math.imul(written & ~look.first, 0x9e3779b1), 0);
  if (kind === 0) return;
  add(Math.imul(kind, 0x85ebca6b), 2);
  if (written) add(Math.imul(kind * 128 + written, 0xc2b2ae35), 2);
}

/** @param index of the block, from 0. */
type VisitBlock = (features: Uint16Array, count: number, start: number, end: number, index: number) => void;

interface TextCounts {
  readonly blocks: number;
  /** Words about attacks, and how many different ones. */
  readonly attackWords: number;
  readonly attackKinds: number;
}

/** Places for the features of a block, at least twice as many as there may be: few enough to stay in a core's cache. */
const seenBits = 9;
const seenMask = (1 << seenBits) - 1;

/**
 * Used by one call after the other: most texts are far smaller than it. `seen` holds the features of the last block,
 * each with that block's stamp above it: those of former blocks are no longer there.
 */
const scratch = {
  classes: new Uint8Array(1024),
  features: new Uint16Array(mostFeatures),
  seen: new Uint32Array(1 << seenBits),
  stamp: 0,
};

function nextStamp(): number {
  scratch.stamp += 1;
  if (scratch.stamp === 2 ** (32 - bucketBits)) {
    scratch.seen.fill(0);
    scratch.stamp = 1;
  }
  return scratch.stamp;
}

/** Words of a text in blocks, each with its features: buckets, each once. `features` is used again for the next block. */
export function visitBlocks(bytes: Uint8Array, visit: VisitBlock): TextCounts {
  const words = readWords(bytes);
  const { count, hashes, looks, starts, ends } = words;
  const classes = count <= scratch.classes.length ? scratch.classes : new Uint8Array(count);
  let kinds: Set<number> | null = null;
  let naming = 0;
  for (let i = 0; i < count; i += 1) {
    const kind = classOf(hashes[i] as number, looks[i] as number);
    classes[i] = kind;
    if (kind !== attackClass) continue;
    naming += 1;
    kinds ??= new Set();
    kinds.add(hashes[i] as number);
  }
  const { features, seen } = scratch;
  let block = 0;
  let used = 0;
  let stamp = 0;
  const add = (hash: number, kind: number): void => {
    const index = bucket(hash, kind);
    const entry = ((stamp << bucketBits) | index) >>> 0;
    let slot = index & seenMask;
    for (; (seen[slot] as number) >>> bucketBits === stamp; slot = (slot + 1) & seenMask)
      if (seen[slot] === entry) return;
    seen[slot] = entry;
    features[used] = index;
    used += 1;
  };
  for (let from = 0; from < count; from += blockWords, block += 1) {
    used = 0;
    stamp = nextStamp();
    const to = Math.min(count, from + blockWords);
    for (let i = from; i < to; i += 1) {
      const kind = classes[i] as number;
      addWord(words, i, kind, add);
      if (kind) addClasses(classes, i, count, add);
    }
    visit(features, used, starts[from] as number, ends[to - 1] as number, block);
  }
  return { blocks: block, attackWords: naming, attackKinds: kinds?.size ?? 0 };
}
