import { findRuns } from './runs.js';

/** Bytes to look at: those that were given, or what they decode to. */
export interface View {
  /** `text`, or what was undone, outermost first, joined by dots. */
  readonly name: string;
  readonly bytes: Buffer;
  /** How often something was undone since the bytes as given, or since a file within was opened. */
  readonly depth: number;
  /** Offsets in the bytes as given that `[start, end)` of this view came from. */
  origin(start: number, end: number): readonly [number, number];
  /** Long runs, as {@link findRuns} answers them; found once. */
  runs(): readonly number[];
}

export function textView(bytes: Uint8Array): View {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return newView(whole, buffer, 0, itself);
}

const itself: View['origin'] = (start, end) => [start, end];

/** @param origin offsets in `parent` that a span of the new view came from. */
export function derivedView(
  parent: View,
  undone: string,
  bytes: Buffer,
  origin: (start: number, end: number) => readonly [number, number],
): View {
  return derived(parent, parent.depth + 1, undone, bytes, origin);
}

/**
 * What a file within holds. It is a text of its own, in which as much may be encoded: files within files are bounded by
 * the budget alone.
 */
export function containedView(
  parent: View,
  undone: string,
  bytes: Buffer,
  origin: (start: number, end: number) => readonly [number, number],
): View {
  return derived(parent, parent.depth, undone, bytes, origin);
}

function derived(
  parent: View,
  depth: number,
  undone: string,
  bytes: Buffer,
  origin: (start: number, end: number) => readonly [number, number],
): View {
  const name = parent.name === whole ? undone : `${parent.name}.${undone}`;
  return newView(name, bytes, depth, (start, end) => parent.origin(...origin(start, end)));
}

/** The name of the bytes as given. */
const whole = 'text';

function newView(name: string, bytes: Buffer, depth: number, origin: View['origin']): View {
  let runs: readonly number[] | null = null;
  return {
    name,
    bytes,
    depth,
    origin,
    runs: () => {
      runs ??= findRuns(bytes);
      return runs;
    },
  };
}
