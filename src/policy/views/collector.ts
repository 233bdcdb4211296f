import { derivedView, type View } from '../scan/view.js';

/** Decoded bytes with, for each, the span of the parent that it came from. */
export interface Collector {
  length: number;
  bytes: Buffer;
  starts: Uint32Array;
  ends: Uint32Array;
}

export function newCollector(capacity = 1024): Collector {
  return {
    length: 0,
    bytes: Buffer.alloc(capacity),
    starts: new Uint32Array(capacity),
    ends: new Uint32Array(capacity),
  };
}

export function put(collector: Collector, byte: number, start: number, end: number): void {
  if (collector.length === collector.bytes.length) grow(collector);
  const at = collector.length;
  collector.bytes[at] = byte;
  collector.starts[at] = start;
  collector.ends[at] = end;
  collector.length = at + 1;
}

function grow(collector: Collector): void {
  const capacity = collector.bytes.length * 2;
  const bytes = Buffer.alloc(capacity);
  collector.bytes.copy(bytes);
  const starts = new Uint32Array(capacity);
  starts.set(collector.starts);
  const ends = new Uint32Array(capacity);
  ends.set(collector.ends);
  Object.assign(collector, { bytes, starts, ends });
}

/** The view of what was collected; none when nothing was. */
export function* collected(parent: View, undone: string, collector: Collector): Iterable<View> {
  if (collector.length === 0) return;
  const { starts, ends } = collector;
  yield derivedView(parent, undone, collector.bytes.subarray(0, collector.length), (start, end) => [
    starts[start] ?? 0,
    ends[end - 1] ?? 0,
  ]);
}

/** Undoes what stands at `at`: puts the decoded bytes and answers the offset after it, or -1 where nothing does. */
export type Undo = (bytes: Buffer, at: number, collector: Collector) => number;

/** Bytes kept on both sides of a place where something was undone: longer than any token that is looked for. */
const reach = 192;

/**
 * Decodes only around the places where there is something to undo, so that a few escapes in a long text cost little.
 * @param marks offsets at which `undo` does something, ascending.
 */
export function collectAround(bytes: Buffer, marks: readonly number[], undo: Undo): Collector {
  const collector = newCollector();
  let at = 0;
  for (let i = 0; i < marks.length; ) {
    const from = Math.max(at, (marks[i] as number) - reach);
    let to = (marks[i] as number) + reach;
    i += 1;
    while (i < marks.length && (marks[i] as number) - reach <= to) {
      to = (marks[i] as number) + reach;
      i += 1;
    }
    if (collector.length > 0) put(collector, 0, from, from);
    at = copyWindow(bytes, from, Math.min(to, bytes.length), undo, collector);
  }
  return collector;
}

function copyWindow(bytes: Buffer, from: number, to: number, undo: Undo, collector: Collector): number {
  let at = from;
  while (at < to) {
    const after = undo(bytes, at, collector);
    if (after > at) {
      at = after;
      continue;
    }
    put(collector, bytes[at] as number, at, at + 1);
    at += 1;
  }
  return at;
}

/** Offsets of `byte` at which `undoes` holds. */
export function marksOf(
  bytes: Buffer,
  byte: number,
  undoes: (bytes: Buffer, at: number) => boolean,
): number[] {
  const marks: number[] = [];
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1))
    if (undoes(bytes, at)) marks.push(at);
  return marks;
}

/** Value of a hexadecimal digit, or -1. */
export function hexValue(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** UTF-8 of a code point, all of it from one span. */
export function putCodePoint(collector: Collector, code: number, start: number, end: number): void {
  if (code < 0x80) put(collector, code, start, end);
  else if (code <= 0x10ffff)
    for (const byte of Buffer.from(String.fromCodePoint(code), 'utf8')) put(collector, byte, start, end);
}
