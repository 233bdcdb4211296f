import { shortestRun } from '../scan/runs.js';
import { derivedView, type View } from '../scan/view.js';
import { hexValue } from './collector.js';

const base64Value = Int8Array.from({ length: 256 }, (_, byte) => {
  const at = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.indexOf(
    String.fromCharCode(byte),
  );
  if (at >= 0) return at;
  return byte === 0x2d ? 62 : byte === 0x5f ? 63 : -1;
});

/**
 * For each character of base64, at which of the four places of a group it can stand when the group
 * decodes to printable ASCII: one bit a place.
 */
const placesOf = Uint8Array.from(base64Value, (value) => {
  if (value < 0) return 0;
  const first = value >= 8 && value < 32 ? 1 : 0;
  const second = (value & 8) === 0 && (value & 15) >= 2 ? 2 : 0;
  const third = (value & 2) === 0 ? 4 : 0;
  return first | second | third | 8;
});

/** Consecutive characters that must fit before a run is decoded: four whole groups, twelve bytes of text. */
const leastFitting = 19;

/** `placesOf` with bit `a` telling for alignment `a`: by the offset modulo four, then the character. */
const lanesOf = Uint8Array.from({ length: 4 * 256 }, (_, index) => {
  const places = placesOf[index & 0xff] as number;
  let lanes = 0;
  for (let alignment = 0; alignment < 4; alignment += 1)
    if (places & (1 << (((index >>> 8) - alignment) & 3))) lanes |= 1 << alignment;
  return lanes;
});

/**
 * Bit set of the alignments (0 to 3 characters skipped) at which {@link leastFitting} characters in a row decode
 * to text. A stretch is looked at from its end, all alignments at once: where the last of them is out, none of
 * the characters before is worth a look.
 */
function textAlignments(bytes: Buffer, start: number, end: number): number {
  let found = 0;
  let from = start;
  while (found !== 15 && from + leastFitting <= end) {
    let at = from + leastFitting;
    let lanes = 15 & ~found;
    while (lanes !== 0 && at > from) {
      at -= 1;
      lanes &= lanesOf[(((at - start) & 3) << 8) | (bytes[at] as number)] as number;
    }
    found |= lanes;
    if (lanes === 0) from = at + 1;
  }
  return found;
}

interface Segment {
  readonly from: number;
  readonly start: number;
  readonly end: number;
  /** Characters a group and bytes a group; a joined run has none and maps as a whole. */
  readonly group: readonly [characters: number, bytes: number] | null;
}

/** Base64 and base64url, padded or not, at any alignment, also broken over lines; hexadecimal. */
export function encodedViews(view: View): readonly View[] {
  const runs = joinLines(view);
  const base64: Buffer[] = [];
  const base64Segments: Segment[] = [];
  const hex: Buffer[] = [];
  const hexSegments: Segment[] = [];
  for (const [start, end, joined] of runs) {
    addHex(view.bytes, start, end, hex, hexSegments);
    const text = joined
      ? Buffer.from(view.bytes.toString('latin1', start, end).replace(/\\r|\\n|[\s]/g, ''), 'latin1')
      : null;
    const bytes = text ?? view.bytes;
    const [from, to] = text ? [0, text.length] : [start, end];
    const alignments = textAlignments(bytes, from, to);
    for (let alignment = 0; alignment < 4; alignment += 1) {
      if (!(alignments & (1 << alignment))) continue;
      const decoded = Buffer.from(bytes.toString('latin1', from + alignment, to), 'base64');
      addSegment(base64, base64Segments, decoded, {
        start: text ? start : start + alignment,
        end,
        group: text ? null : [4, 3],
      });
    }
  }
  return [...segmented(view, 'base64', base64, base64Segments), ...segmented(view, 'hex', hex, hexSegments)];
}

/** Runs that only a line break (as such or written `\n`) parts are one. */
function joinLines(view: View): [start: number, end: number, joined: boolean][] {
  const runs = view.runs();
  const joined: [number, number, boolean][] = [];
  for (let i = 0; i < runs.length; i += 2) {
    const [start, end] = [runs[i] as number, runs[i + 1] as number];
    const last = joined.at(-1);
    if (
      last &&
      start - last[1] <= 4 &&
      /^(?:\r?\n|\\r\\n|\\n)[ \t]{0,2}$/.test(view.bytes.toString('latin1', last[1], start))
    ) {
      last[1] = end;
      last[2] = true;
    } else joined.push([start, end, false]);
  }
  for (const run of joined) {
    const tail = shortTail(view.bytes, run[1]);
    if (tail === run[1]) continue;
    run[1] = tail;
    run[2] = true;
  }
  return joined;
}

/** The last line of broken base64 may be too short to be a run of its own. */
function shortTail(bytes: Buffer, end: number): number {
  let at = end;
  while (at < end + 2 && (bytes[at] === 0x0d || bytes[at] === 0x0a)) at += 1;
  if (at === end) return end;
  let stop = at;
  while (stop < at + shortestRun && (base64Value[bytes[stop] ?? 0] as number) >= 0) stop += 1;
  const closed =
    bytes[stop] === undefined || bytes[stop] === 0x3d || (base64Value[bytes[stop] as number] as number) < 0;
  return stop > at && closed ? stop : end;
}

/** Digits of the shortest text in hexadecimal that is decoded. */
const leastHex = 24;

/** Every stretch of an even number of hexadecimal digits that decodes to text; looked for from its end. */
function addHex(bytes: Buffer, start: number, end: number, parts: Buffer[], segments: Segment[]): void {
  let from = start;
  while (from + leastHex <= end) {
    let at = from + leastHex - 1;
    while (at >= from && hexValue(bytes[at]) >= 0) at -= 1;
    if (at >= from) {
      from = at + 1;
      continue;
    }
    let to = from + leastHex;
    while (to < end && hexValue(bytes[to]) >= 0) to += 1;
    addHexStretch(bytes, from, to, parts, segments);
    from = to + 1;
  }
}

function addHexStretch(bytes: Buffer, from: number, to: number, parts: Buffer[], segments: Segment[]): void {
  for (const shift of [0, 1]) {
    if (to - from - shift < leastHex) continue;
    const decoded = Buffer.from(bytes.toString('latin1', from + shift, to), 'hex');
    if (hasText(decoded))
      addSegment(parts, segments, decoded, { start: from + shift, end: to, group: [2, 1] });
  }
}

function hasText(bytes: Buffer): boolean {
  let printable = 0;
  for (const byte of bytes) {
    printable = byte >= 0x20 && byte < 0x7f ? printable + 1 : 0;
    if (printable >= 12) return true;
  }
  return false;
}

function addSegment(
  parts: Buffer[],
  segments: Segment[],
  decoded: Buffer,
  segment: Omit<Segment, 'from'>,
): void {
  const before = segments.at(-1);
  const from = before ? before.from + (parts.at(-1)?.length ?? 0) : 0;
  const part = Buffer.concat([decoded, Buffer.from([0])]);
  parts.push(part);
  segments.push({ ...segment, from });
}

function segmentAt(segments: readonly Segment[], offset: number): Segment {
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((segments[middle] as Segment).from <= offset) low = middle;
    else high = middle - 1;
  }
  return segments[low] as Segment;
}

function segmented(
  view: View,
  name: string,
  parts: readonly Buffer[],
  segments: readonly Segment[],
): readonly View[] {
  if (parts.length === 0) return [];
  const origin = (start: number, end: number): readonly [number, number] => {
    const segment = segmentAt(segments, start);
    if (!segment.group) return [segment.start, segment.end];
    const [characters, bytes] = segment.group;
    const first = segment.start + Math.floor((start - segment.from) / bytes) * characters;
    const last = segment.start + Math.ceil((end - segment.from) / bytes) * characters;
    return [first, Math.min(last, segment.end)];
  };
  return [derivedView(view, name, Buffer.concat(parts), origin)];
}
