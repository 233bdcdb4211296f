import {
  bitsOf,
  enterWindow,
  type Forms,
  firstWindow,
  formAt,
  formCount,
  indexBits,
  newChains,
  nextWindow,
  sharedWords,
  type WindowChains,
} from './forms.js';

/**
 * Finds any long piece of any of many byte strings, in one pass that looks at one place in five.
 *
 * Every string is entered by all its windows of {@link windowLength} bytes; the text is looked up by the window
 * at every {@link stride}-th byte. A piece of at least `windowLength + stride - 1` bytes holds one such window whole,
 * so none slips through. A hit is then grown byte by byte in both directions.
 *
 * Tables grow with the number of windows, so that a thousand strings cost a look-up hardly more than one does.
 */
export interface FingerprintIndex extends Forms {
  /** Of the letters' memory. */
  readonly view: DataView;
  /** Two bits of one word a hash: nearly all windows of clean text end here. */
  readonly filter: Uint32Array;
  readonly filterShift: number;
  readonly chains: WindowChains;
  /** A bit for each position whose window counts only with the {@link following} bytes after it. */
  readonly mustFollow: Uint32Array;
  /** For each needle, the shortest piece that is wanted. Bytes. */
  readonly least: Uint32Array;
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
 * In memory that threads share.
 *
 * @param needles those shorter than {@link windowLength} are left out.
 * @param least bytes of the shortest piece of each that is wanted. Where that is {@link longPiece} a window counts only
 *   with what follows it: text of few letters, as of zeros and ones, is full of windows and has hardly a piece.
 */
export function buildFingerprints(needles: Forms, least: readonly number[]): FingerprintIndex {
  const { letters, starts } = needles;
  const view = new DataView(letters.buffer, letters.byteOffset, letters.length);
  const eachWindow = (visit: (position: number, long: boolean) => void) => {
    for (let needle = 0; needle < formCount(needles); needle += 1) {
      const shortest = least[needle] as number;
      const long = shortest >= longPiece;
      const room = windowLength + (long ? following : 0);
      const last = (starts[needle + 1] as number) - room;
      const step = stepOf(shortest);
      for (let at = starts[needle] as number; at <= last; at += step) visit(at, long);
    }
  };
  let total = 0;
  eachWindow(() => {
    total += 1;
  });
  const filterBits = indexBits(total, total < manyWindows ? 2 : 8, 8, 21);
  const filterShift = 32 - filterBits;
  const filter = sharedWords(1 << filterBits);
  const chains = newChains(needles, total);
  const mustFollow = sharedWords((letters.length >>> 5) + 1);
  eachWindow((position, long) => {
    const hash = hashAt(view, position);
    const word = hash >>> filterShift;
    filter[word] = (filter[word] as number) | bitsOf(hash);
    enterWindow(chains, position, hash);
    if (long) mustFollow[position >>> 5] = (mustFollow[position >>> 5] as number) | (1 << (position & 31));
  });
  const leastOf = sharedWords(least.length);
  leastOf.set(least);
  return { letters, starts, view, filter, filterShift, chains, mustFollow, least: leastOf };
}

/** The longest piece at each place where one stands that is wanted. */
export function findPieces(
  index: FingerprintIndex,
  bytes: DataView,
  length: number,
  visit: (piece: Piece) => void,
): void {
  const { filter, filterShift, least } = index;
  let from = 0;
  for (let at = 0; at + windowLength <= length; at += stride) {
    const hash = hashAt(bytes, at);
    const bits = bitsOf(hash);
    if (((filter[hash >>> filterShift] as number) & bits) !== bits) continue;
    const piece = longestPiece(index, bytes, length, at, from, hash);
    if (!piece || piece.end - piece.start < (least[piece.needle] as number)) continue;
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
  const { view, chains, mustFollow } = index;
  const first = bytes.getInt32(at, true);
  const second = bytes.getInt32(at + 4, true);
  const room = at + windowLength + following <= length;
  const after = room ? bytes.getInt32(at + windowLength, true) : 0;
  let best: Piece | null = null;
  let position = firstWindow(chains, hash);
  for (let looked = 0; position >= 0 && looked < mostEntries; looked += 1) {
    if (view.getInt32(position, true) === first && view.getInt32(position + 4, true) === second) {
      const long = (((mustFollow[position >>> 5] as number) >>> (position & 31)) & 1) === 1;
      if (!long || (room && view.getInt32(position + windowLength, true) === after)) {
        const piece = grown(index, position, bytes, length, at, from);
        if (!best || piece.end - piece.start > best.end - best.start) best = piece;
      }
    }
    position = nextWindow(chains, position);
  }
  return best;
}

/** The piece that a needle's window, which stands in the text, is part of. */
function grown(
  index: FingerprintIndex,
  position: number,
  bytes: DataView,
  length: number,
  at: number,
  from: number,
): Piece {
  const { letters, starts } = index;
  const needle = formAt(index, position);
  const start = starts[needle] as number;
  const end = starts[needle + 1] as number;
  let after = windowLength;
  while (
    at + after < length &&
    position + after < end &&
    bytes.getUint8(at + after) === letters[position + after]
  )
    after += 1;
  let before = 0;
  while (
    at - before > from &&
    position - before > start &&
    bytes.getUint8(at - before - 1) === letters[position - before - 1]
  )
    before += 1;
  return { needle, offset: position - before - start, start: at - before, end: at + after };
}
