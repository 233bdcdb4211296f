/**
 * Finds any long piece of any of many byte strings, in one pass that looks at one place in five.
 *
 * Every string is entered by all its windows of {@link windowLength} bytes; the text is looked up by the window
 * at every {@link stride}-th byte. A piece of at least `windowLength + stride - 1` bytes holds one such window whole,
 * so none slips through. A hit is then grown byte by byte in both directions.
 *
 * Tables grow with the number of windows, so that a thousand strings cost a look-up hardly more than one does.
 */
export interface FingerprintIndex {
  readonly needles: readonly Buffer[];
  /** Two bits of one word a hash: nearly all windows of clean text end here. */
  readonly filter: Uint32Array;
  readonly filterShift: number;
  /** Head of the chain of windows for a bucket, or -1. */
  readonly heads: Int32Array;
  readonly headShift: number;
  readonly chain: Int32Array;
  /** For each window: its hash, its needle and its offset there. */
  readonly hashOf: Int32Array;
  readonly needleOf: Uint32Array;
  readonly offsetOf: Uint32Array;
  /** The four bytes after the window, and whether the text must have them too. */
  readonly afterOf: Int32Array;
  readonly mustFollow: Uint8Array;
}

export interface Piece {
  readonly needle: number;
  /** Offset in the needle at which the piece begins. */
  readonly offset: number;
  readonly start: number;
  readonly end: number;
}

export const windowLength = 8;
export const stride = 5;

function hashAt(bytes: DataView, at: number): number {
  const mixed =
    Math.imul(bytes.getInt32(at, true), 0x9e3779b1) ^ Math.imul(bytes.getInt32(at + 4, true), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

/** The two bits of a filter's word; its place is told by the hash's upper bits. */
const bitsOf = (hash: number): number => (1 << hash) | (1 << (hash >>> 5));

/** Bits of a table's index for `count` entries, of which there are to be `share` a place. */
const indexBits = (count: number, share: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, Math.ceil(Math.log2(count / share + 1))));

/** From so many windows on the filter is packed closer: what a core's cache holds is worth more than a sure answer. */
const manyWindows = 1 << 17;

/** Bytes after a window that are compared at once, before it is grown. */
const following = 4;
/** Of a piece this long the first window that is looked up has so many bytes of it behind. */
const longPiece = windowLength + stride - 1 + following;

/** Of a needle of whose pieces only much longer ones are wanted, every so many windows are entered; no multiple of {@link stride}. */
const sparse = 8;
/** A piece this long has a window that is both entered and looked up, and what must follow it. */
const sparsePiece = sparse * stride + windowLength + following;

const stepOf = (least: number): number => (least >= sparsePiece ? sparse : 1);

/**
 * @param needles each at least {@link windowLength}; shorter ones are left out.
 * @param least bytes of the shortest piece of each that is wanted. Where that is {@link longPiece} a window counts only
 *   with what follows it: text of few letters, as of zeros and ones, is full of windows and has hardly a piece.
 */
export function buildFingerprints(needles: readonly Buffer[], least: readonly number[]): FingerprintIndex {
  const endOf = (needle: Buffer, number: number) =>
    Math.max(0, needle.length - windowLength + 1 - (isLong(least, number) ? following : 0));
  const total = needles.reduce(
    (sum, needle, number) => sum + Math.ceil(endOf(needle, number) / stepOf(least[number] as number)),
    0,
  );
  const filterBits = indexBits(total, total < manyWindows ? 2 : 8, 8, 21);
  const headBits = indexBits(total, 1, 8, 20);
  const index: FingerprintIndex = {
    needles,
    filter: new Uint32Array(1 << filterBits),
    filterShift: 32 - filterBits,
    heads: new Int32Array(1 << headBits).fill(-1),
    headShift: 32 - headBits,
    chain: new Int32Array(total),
    hashOf: new Int32Array(total),
    needleOf: new Uint32Array(total),
    offsetOf: new Uint32Array(total),
    afterOf: new Int32Array(total),
    mustFollow: new Uint8Array(total),
  };
  let count = 0;
  needles.forEach((needle, number) => {
    const bytes = new DataView(needle.buffer, needle.byteOffset, needle.length);
    const long = isLong(least, number);
    const [end, step] = [endOf(needle, number), stepOf(least[number] as number)];
    for (let offset = 0; offset < end; offset += step) {
      enter(index, count, hashAt(bytes, offset));
      if (long) {
        index.afterOf[count] = bytes.getInt32(offset + windowLength, true);
        index.mustFollow[count] = 1;
      }
      index.needleOf[count] = number;
      index.offsetOf[count] = offset;
      count += 1;
    }
  });
  return index;
}

const isLong = (least: readonly number[], needle: number): boolean => (least[needle] as number) >= longPiece;

function enter(
  { filter, filterShift, heads, headShift, chain, hashOf }: FingerprintIndex,
  entry: number,
  hash: number,
): void {
  const word = hash >>> filterShift;
  filter[word] = (filter[word] as number) | bitsOf(hash);
  const bucket = Math.imul(hash, 0x27d4eb2f) >>> headShift;
  chain[entry] = heads[bucket] as number;
  heads[bucket] = entry;
  hashOf[entry] = hash;
}

/** The longest piece at each place where one of at least `least` bytes stands. */
export function findPieces(
  index: FingerprintIndex,
  bytes: DataView,
  length: number,
  least: (needle: number) => number,
  visit: (piece: Piece) => void,
): void {
  const { filter, filterShift } = index;
  let from = 0;
  for (let at = 0; at + windowLength <= length; at += stride) {
    const hash = hashAt(bytes, at);
    const bits = bitsOf(hash);
    if (((filter[hash >>> filterShift] as number) & bits) !== bits) continue;
    const piece = longestPiece(index, bytes, length, at, from, hash);
    if (!piece || piece.end - piece.start < least(piece.needle)) continue;
    visit(piece);
    from = piece.end;
    // The grid must not move, or the next piece could slip through it.
    while (at + stride < from) at += stride;
  }
}

/** Entries of one chain that are looked at; what hundreds of needles have in common fills a chain. */
const mostEntries = 2048;

function longestPiece(
  index: FingerprintIndex,
  bytes: DataView,
  length: number,
  at: number,
  from: number,
  hash: number,
): Piece | null {
  const { hashOf, mustFollow, afterOf } = index;
  const room = at + windowLength + following <= length;
  const after = room ? bytes.getInt32(at + windowLength, true) : 0;
  let best: Piece | null = null;
  let entry = index.heads[Math.imul(hash, 0x27d4eb2f) >>> index.headShift] as number;
  for (let looked = 0; entry >= 0 && looked < mostEntries; looked += 1) {
    if (hashOf[entry] === hash && (mustFollow[entry] === 0 || (room && afterOf[entry] === after))) {
      const piece = grown(index, entry, bytes, length, at, from);
      if (piece && (!best || piece.end - piece.start > best.end - best.start)) best = piece;
    }
    entry = index.chain[entry] as number;
  }
  return best;
}

/** The piece that a window of a needle is part of; null when only their hashes are the same. */
function grown(
  index: FingerprintIndex,
  entry: number,
  bytes: DataView,
  length: number,
  at: number,
  from: number,
): Piece | null {
  const number = index.needleOf[entry] as number;
  const needle = index.needles[number] as Buffer;
  const offset = index.offsetOf[entry] as number;
  let after = 0;
  while (
    at + after < length &&
    offset + after < needle.length &&
    bytes.getUint8(at + after) === needle[offset + after]
  )
    after += 1;
  if (after < windowLength) return null;
  let before = 0;
  while (
    at - before > from &&
    before < offset &&
    bytes.getUint8(at - before - 1) === needle[offset - before - 1]
  )
    before += 1;
  return { needle: number, offset: offset - before, start: at - before, end: at + after };
}
