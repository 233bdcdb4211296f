import type { Finding } from '../scan/finding.js';
import { wide } from '../scan/variants.js';

/**
 * What a text is made of, four numbers a part: `[start, end)` of it stood at `[from, to)` of the text it was taken
 * from; `start, end, from, to`, ascending by `start`.
 */
export type Pieces = readonly number[];

const perPiece = 4;

export interface JoinedText {
  readonly bytes: Buffer;
  /** Asked for where something was found in it: of a megabyte of short strings it takes three to tell. */
  readonly pieces: () => Pieces;
}

/** Least bytes that are worth a look when joined: a value shorter than that is no secret that can be told by itself. */
export const shortestJoin = 12;

/** Of a longer part only this much of either end is joined to its neighbours, and less where it is prose. Bytes. */
const reach = 512;
const reachOfProse = 64;

/** Puts parts together. @param ranges their offsets, in pairs */
export function joinPieces(bytes: Buffer, ranges: readonly number[]): JoinedText {
  let room = ranges.length;
  for (let index = 0; index < ranges.length; index += 2)
    room += Math.min((ranges[index + 1] as number) - (ranges[index] as number), 2 * reach);
  const joined = Buffer.allocUnsafe(room);
  const [source, target] = [wide(bytes), wide(joined)];
  const length = layOut(bytes, ranges, (start, from, to) => {
    if (to - from > near) bytes.copy(joined, start, from, to);
    else copyNear(source, from, to, target, start);
    joined[start + to - from] = cutMark;
  });
  return { bytes: joined.subarray(0, length), pieces: () => piecesOf(bytes, ranges) };
}

/** Bytes that are copied here: less than it takes to call for more. */
const near = 96;

function copyNear(source: DataView, from: number, to: number, target: DataView, start: number): void {
  const shift = start - from;
  let at = from;
  for (; at + 4 <= to; at += 4) target.setInt32(at + shift, source.getInt32(at, true), true);
  for (; at < to; at += 1) target.setUint8(at + shift, source.getUint8(at));
}

/** Stands where the middle of a long part was left out. */
const cutMark = 0x09;

function piecesOf(bytes: Buffer, ranges: readonly number[]): Pieces {
  const pieces: number[] = [];
  layOut(bytes, ranges, (start, from, to) => pieces.push(start, start + to - from, from, to));
  return pieces;
}

/** Says of each piece where it begins in the joined text; answers how long that is. */
function layOut(
  bytes: Buffer,
  ranges: readonly number[],
  put: (start: number, from: number, to: number) => void,
): number {
  let length = 0;
  for (let index = 0; index < ranges.length; index += 2) {
    const [from, to] = [ranges[index] as number, ranges[index + 1] as number];
    const ends = to - from <= 2 * reachOfProse ? reach : endsOf(bytes, from);
    if (to - from <= 2 * ends) {
      put(length, from, to);
      length += to - from;
      continue;
    }
    put(length, from, from + ends);
    put(length + ends + 1, to - ends, to);
    length += 2 * ends + 1;
  }
  return length;
}

/** Prose has a blank soon, and words that are longer than a letter. */
function endsOf(bytes: Buffer, from: number): number {
  for (let at = from; at < from + reachOfProse; at += 1)
    if (bytes[at] === 0x20 && bytes[at + 2] !== 0x20) return reachOfProse;
  return reach;
}

/**
 * Whether a finding in a joined text tells what the parts alone did not: its bytes come from more than one part, and
 * it is sure by its value alone. (What context betrays is judged where it stands; joining puts words together that
 * nobody wrote so.)
 */
export function tellsMore(pieces: Pieces, { start, end, class: kind }: Finding): boolean {
  if (kind !== 'structured' && kind !== 'known') return false;
  return end > (pieces[pieceAt(pieces, start) + 1] as number);
}

/** Where the bytes of `[start, end)` of the joined text stand in the text it was taken from. */
export function originsOf(pieces: Pieces, start: number, end: number): [number, number][] {
  const origins: [number, number][] = [];
  for (let at = pieceAt(pieces, start); at < pieces.length; at += perPiece) {
    const [first, last, from, to] = pieces.slice(at, at + perPiece) as [number, number, number, number];
    if (first >= end) break;
    if (last <= start) continue;
    const exact = to - from === last - first;
    origins.push(exact ? [from + Math.max(0, start - first), to - Math.max(0, last - end)] : [from, to]);
  }
  return origins;
}

/** Index of the last piece that begins at or before `offset`. */
function pieceAt(pieces: Pieces, offset: number): number {
  let low = 0;
  let high = pieces.length / perPiece - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((pieces[middle * perPiece] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return low * perPiece;
}
