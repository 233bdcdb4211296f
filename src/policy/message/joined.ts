import type { Finding } from '../scan/finding.js';

/** One of the parts that a joined text is made of: `[start, end)` of it stood at `[from, to)` of the text it was taken from. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
  /** It is no part of anything, but what that stretch decodes to. */
  readonly reading?: true;
}

export interface JoinedText {
  readonly bytes: Buffer;
  readonly pieces: readonly Piece[];
}

/** Least bytes that are worth a look when joined: a value shorter than that is no secret that can be told by itself. */
export const shortestJoin = 12;

/** Of a longer part only this much of either end is joined to its neighbours. Bytes. */
const reach = 512;

/** Puts parts together. @param ranges their offsets, in pairs */
export function joinPieces(bytes: Buffer, ranges: readonly number[]): JoinedText {
  let room = ranges.length;
  for (let index = 0; index < ranges.length; index += 2)
    room += Math.min((ranges[index + 1] as number) - (ranges[index] as number), 2 * reach);
  const joined = Buffer.allocUnsafe(room);
  const pieces: Piece[] = [];
  let length = 0;
  const copy = (from: number, to: number) => {
    pieces.push({ start: length, end: length + to - from, from, to });
    length += bytes.copy(joined, length, from, to);
  };
  for (let index = 0; index < ranges.length; index += 2) {
    const [from, to] = [ranges[index] as number, ranges[index + 1] as number];
    if (to - from <= 2 * reach) {
      copy(from, to);
      continue;
    }
    copy(from, from + reach);
    joined[length] = 0x09;
    length += 1;
    copy(to - reach, to);
  }
  return { bytes: joined.subarray(0, length), pieces };
}

/**
 * Whether a finding in a joined text tells what the parts alone did not: its bytes come from more than one part, and
 * it is sure by its value alone. (What context betrays is judged where it stands; joining puts words together that
 * nobody wrote so.)
 */
export function tellsMore(pieces: readonly Piece[], { start, end, class: kind }: Finding): boolean {
  const piece = pieces[pieceAt(pieces, start)];
  if (!piece || kind === 'structure') return false;
  return piece.reading === true || (kind !== 'contextual' && kind !== 'injection' && end > piece.end);
}

/** Where the bytes of `[start, end)` of the joined text stand in the text it was taken from. */
export function originsOf(pieces: readonly Piece[], start: number, end: number): [number, number][] {
  const origins: [number, number][] = [];
  for (let index = pieceAt(pieces, start); index < pieces.length; index += 1) {
    const piece = pieces[index] as Piece;
    if (piece.start >= end) break;
    if (piece.end <= start) continue;
    const exact = piece.to - piece.from === piece.end - piece.start;
    origins.push(
      exact
        ? [piece.from + Math.max(0, start - piece.start), piece.to - Math.max(0, piece.end - end)]
        : [piece.from, piece.to],
    );
  }
  return origins;
}

/** Index of the last piece that begins at or before `offset`. */
function pieceAt(pieces: readonly Piece[], offset: number): number {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((pieces[middle] as Piece).start <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
