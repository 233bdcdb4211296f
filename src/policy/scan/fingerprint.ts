/**
 * Finds any long piece of any of many byte strings, in one pass that looks at one place in five.
 *
 * Every string is entered by all its windows of {@link windowLength} bytes; the text is looked up by the window
 * at every {@link stride}-th byte. A piece of at least `windowLength + stride - 1` bytes holds one such window whole,
 * so none slips through. A hit is then grown byte by byte in both directions.
 */
export interface FingerprintIndex {
  readonly needles: readonly Buffer[];
  /** One bit a hash: most windows of clean text end here. */
  readonly filter: Uint32Array;
  readonly filterShift: number;
  /** Head of the chain of windows for a bucket, or -1. */
  readonly heads: Int32Array;
  readonly chain: Int32Array;
  /** For each window: its needle and its offset there. */
  readonly needleOf: Uint32Array;
  readonly offsetOf: Uint32Array;
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
const bucketBits = 16;

function hashAt(bytes: Uint8Array, at: number): number {
  const low =
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24);
  const high =
    (bytes[at + 4] as number) |
    ((bytes[at + 5] as number) << 8) |
    ((bytes[at + 6] as number) << 16) |
    ((bytes[at + 7] as number) << 24);
  const mixed = Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** @param needles each at least {@link windowLength} bytes; shorter ones are left out. */
export function buildFingerprints(needles: readonly Buffer[]): FingerprintIndex {
  const total = needles.reduce((sum, needle) => sum + Math.max(0, needle.length - windowLength + 1), 0);
  const filterBits = Math.min(26, Math.max(13, Math.ceil(Math.log2(total * 16 + 1))));
  const filter = new Uint32Array(2 ** filterBits / 32);
  const filterShift = 32 - filterBits;
  const heads = new Int32Array(1 << bucketBits).fill(-1);
  const chain = new Int32Array(total);
  const needleOf = new Uint32Array(total);
  const offsetOf = new Uint32Array(total);
  let count = 0;
  needles.forEach((needle, index) => {
    for (let offset = 0; offset + windowLength <= needle.length; offset += 1) {
      const hash = hashAt(needle, offset);
      const bit = hash >>> filterShift;
      filter[bit >>> 5] = (filter[bit >>> 5] as number) | (1 << (bit & 31));
      const bucket = hash & ((1 << bucketBits) - 1);
      chain[count] = heads[bucket] as number;
      heads[bucket] = count;
      needleOf[count] = index;
      offsetOf[count] = offset;
      count += 1;
    }
  });
  return { needles, filter, filterShift, heads, chain, needleOf, offsetOf };
}

/** The longest piece at each place where one of at least `least` bytes stands. */
export function findPieces(
  index: FingerprintIndex,
  bytes: Uint8Array,
  length: number,
  least: (needle: number) => number,
  visit: (piece: Piece) => void,
): void {
  const { filter, filterShift } = index;
  let from = 0;
  for (let at = 0; at + windowLength <= length; at += stride) {
    const hash = hashAt(bytes, at);
    const bit = hash >>> filterShift;
    if (!((filter[bit >>> 5] as number) & (1 << (bit & 31)))) continue;
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
  bytes: Uint8Array,
  length: number,
  at: number,
  from: number,
  hash: number,
): Piece | null {
  let best: Piece | null = null;
  let entry = index.heads[hash & ((1 << bucketBits) - 1)] as number;
  for (let looked = 0; entry >= 0 && looked < mostEntries; looked += 1) {
    const needle = index.needles[index.needleOf[entry] as number] as Buffer;
    const offset = index.offsetOf[entry] as number;
    let before = 0;
    while (at - before > from && before < offset && bytes[at - before - 1] === needle[offset - before - 1])
      before += 1;
    let after = 0;
    while (
      at + after < length &&
      offset + after < needle.length &&
      bytes[at + after] === needle[offset + after]
    )
      after += 1;
    if (after >= windowLength && (!best || before + after > best.end - best.start))
      best = {
        needle: index.needleOf[entry] as number,
        offset: offset - before,
        start: at - before,
        end: at + after,
      };
    entry = index.chain[entry] as number;
  }
  return best;
}
