import { type Budget, costs, spend } from '../scan/budget.js';
import { derivedView, type View } from '../scan/view.js';

/** Decoded bytes and where they came from. */
export interface Collector {
  length: number;
  bytes: Buffer;
  /**
   * Stretches that map alike, four numbers each: the offset of the first decoded byte, that of the first byte of the
   * parent, how many bytes of the parent each decoded byte came from (0: none, it parts two windows), and how many bytes
   * on the next one stands.
   */
  stretches: Int32Array;
  /** Numbers in use of these. */
  used: number;
}

const perStretch = 4;

export function newCollector(capacity = 512): Collector {
  return {
    length: 0,
    bytes: Buffer.allocUnsafe(capacity),
    stretches: new Int32Array(64 * perStretch),
    used: 0,
  };
}

/** Puts a byte that came from `[start, end)`. */
export function put(collector: Collector, byte: number, start: number, end: number): void {
  if (collector.length === collector.bytes.length) makeRoom(collector, 1);
  goOn(collector, start, end - start, end - start);
  collector.bytes[collector.length] = byte;
  collector.length += 1;
}

/** Puts every `step`-th byte of `bytes[start..end)`. */
export function putEvery(
  collector: Collector,
  bytes: Buffer,
  step: number,
  start: number,
  end: number,
): void {
  makeRoom(collector, Math.ceil((end - start) / step));
  goOn(collector, start, 1, step);
  for (let at = start; at < end; at += step) {
    collector.bytes[collector.length] = bytes[at] as number;
    collector.length += 1;
  }
}

/** Bytes up to which a copy by hand is faster than a call. */
const longestByHand = 64;

/** Puts `bytes[start..end)` as it is. */
function putPlain(collector: Collector, bytes: Buffer, start: number, end: number): void {
  if (end <= start) return;
  makeRoom(collector, end - start);
  goOn(collector, start, 1, 1);
  if (end - start > longestByHand) {
    bytes.copy(collector.bytes, collector.length, start, end);
    collector.length += end - start;
    return;
  }
  for (let at = start; at < end; at += 1) {
    collector.bytes[collector.length] = bytes[at] as number;
    collector.length += 1;
  }
}

/** The next byte comes from `start`, `width` bytes of it: a new stretch, unless the last one says so already. */
function goOn(collector: Collector, start: number, width: number, step: number): void {
  const { stretches, length, used } = collector;
  const last = used - perStretch;
  if (last >= 0 && stretches[last + 2] === width && stretches[last + 3] === step) {
    const expected = (stretches[last + 1] as number) + (length - (stretches[last] as number)) * step;
    if (expected === start && width > 0) return;
  }
  if (used === stretches.length) {
    collector.stretches = new Int32Array(used * 2);
    collector.stretches.set(stretches);
  }
  const into = collector.stretches;
  into[used] = length;
  into[used + 1] = start;
  into[used + 2] = width;
  into[used + 3] = step;
  collector.used = used + perStretch;
}

function makeRoom(collector: Collector, room: number): void {
  const needed = collector.length + room;
  if (needed <= collector.bytes.length) return;
  const bytes = Buffer.allocUnsafe(Math.max(needed, collector.bytes.length * 2));
  collector.bytes.copy(bytes, 0, 0, collector.length);
  collector.bytes = bytes;
}

/** The place in the parent of the decoded byte at `offset`, and how many bytes it came from. */
function placeOf(stretches: Int32Array, offset: number): readonly [start: number, width: number] {
  let low = 0;
  let high = stretches.length / perStretch - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((stretches[middle * perStretch] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  const at = low * perStretch;
  const [width, step] = [stretches[at + 2] as number, stretches[at + 3] as number];
  return [(stretches[at + 1] as number) + (offset - (stretches[at] as number)) * step, width];
}

/** The view of what was collected; none when nothing was. */
export function collected(parent: View, undone: string, collector: Collector | null): readonly View[] {
  if (!collector || collector.length === 0) return [];
  const stretches = collector.stretches.subarray(0, collector.used);
  const bytes = collector.bytes.subarray(0, collector.length);
  return [
    derivedView(parent, undone, bytes, (start, end) => {
      const [last, width] = placeOf(stretches, end - 1);
      return [placeOf(stretches, start)[0], last + width];
    }),
  ];
}

/** Undoes what stands at `at`: puts the decoded bytes and answers the offset after it, or -1 where nothing does. */
export type Undo = (bytes: Buffer, at: number, collector: Collector) => number;

/** Bytes kept on both sides of a place where something was undone: longer than any token that is looked for. */
const reach = 192;

/**
 * Decodes only around the places where there is something to undo, so that a few escapes in a long text cost little.
 * @param marks all offsets at which `undo` does something, ascending; there may be others among them.
 */
export function collectAround(bytes: Buffer, marks: readonly number[], undo: Undo): Collector | null {
  if (marks.length === 0) return null;
  const collector = newCollector();
  let at = 0;
  for (let i = 0; i < marks.length; ) {
    const from = Math.max(at, (marks[i] as number) - reach);
    let to = from;
    if (collector.length > 0) put(collector, 0, from, from);
    at = from;
    do {
      const mark = marks[i] as number;
      to = mark + reach;
      i += 1;
      if (mark < at) continue;
      putPlain(collector, bytes, at, mark);
      at = Math.max(mark, undo(bytes, mark, collector));
    } while (i < marks.length && (marks[i] as number) - reach <= to);
    to = Math.min(to, bytes.length);
    putPlain(collector, bytes, at, to);
    at = Math.max(at, to);
  }
  return collector;
}

/** Those of the places at which something is undone, paid for; none when the budget is spent. */
export function placesToUndo(
  bytes: Buffer,
  places: readonly number[],
  undoes: (bytes: Buffer, at: number) => boolean,
  budget: Budget,
  cost: number = costs.mark,
): readonly number[] {
  const marks: number[] = [];
  for (const at of places) if (undoes(bytes, at)) marks.push(at);
  return spend(budget, marks.length * cost) ? marks : [];
}

/** Value of a hexadecimal digit, or -1. */
export function hexValue(byte: number | undefined): number {
  return byte === undefined ? -1 : (hexValues[byte] as number);
}

const hexValues = Int8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
});

const replacement = 0xfffd;

/** UTF-8 (RFC 3629, 3) of a code point, all of it from one span. */
export function putCodePoint(collector: Collector, code: number, start: number, end: number): void {
  if (code > 0x10ffff) return;
  const letter = code >= 0xd800 && code <= 0xdfff ? replacement : code;
  if (letter < 0x80) {
    put(collector, letter, start, end);
    return;
  }
  if (letter < 0x800) put(collector, 0xc0 | (letter >> 6), start, end);
  else {
    if (letter < 0x10000) put(collector, 0xe0 | (letter >> 12), start, end);
    else {
      put(collector, 0xf0 | (letter >> 18), start, end);
      put(collector, 0x80 | ((letter >> 12) & 0x3f), start, end);
    }
    put(collector, 0x80 | ((letter >> 6) & 0x3f), start, end);
  }
  put(collector, 0x80 | (letter & 0x3f), start, end);
}
