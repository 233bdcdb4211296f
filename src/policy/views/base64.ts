/** Value of a character of base64 or base64url, or -1. */
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

/** Characters kept on both sides of what decodes to text: longer than any token. A lone stretch of text in an image is no reason to decode it all. */
const reach = 512;

/** A part of a run that is to be decoded; `from` stands at the beginning of a group. */
export interface TextWindow {
  readonly from: number;
  to: number;
}

const none: readonly TextWindow[] = [];

const everyLane = 15;

/** The parts of the run `[start, end)` that decode to text, with their surroundings, by alignment (0 to 3 characters skipped). */
export function textWindows(bytes: Uint8Array, start: number, end: number): readonly TextWindow[] {
  let from = start;
  while (from + leastFitting <= end) {
    const lanes = lanesAt(bytes, start, from, everyLane);
    if (lanes > 0)
      return end - start > reach ? longRun(bytes, start, end, from) : shortRun(bytes, start, end, from);
    from = -lanes;
  }
  return none;
}

/**
 * Those of the alignments asked for at which {@link leastFitting} characters from `from` on decode to text, or, as a
 * negative number, the next place that is worth a look. The characters are looked at from the last one, all alignments
 * at once: where the last of them is out, none of the characters before needs to be looked at.
 */
function lanesAt(bytes: Uint8Array, start: number, from: number, asked: number): number {
  const table = lanesOf;
  let at = from + leastFitting;
  let lanes = asked;
  while (lanes !== 0 && at > from) {
    at -= 1;
    lanes &= table[(((at - start) & 3) << 8) | (bytes[at] as number)] as number;
  }
  return lanes === 0 ? -(at + 1) : lanes;
}

/** All of the run, for each alignment at which there is text somewhere. */
function shortRun(bytes: Uint8Array, start: number, end: number, first: number): readonly TextWindow[] {
  let found = 0;
  let from = first;
  while (found !== everyLane && from + leastFitting <= end) {
    const lanes = lanesAt(bytes, start, from, everyLane & ~found);
    if (lanes > 0) found |= lanes;
    else from = -lanes;
  }
  const windows: TextWindow[] = [];
  for (let lane = 0; lane < 4; lane += 1)
    if (found & (1 << lane)) windows.push({ from: start + lane, to: end });
  return windows;
}

function longRun(bytes: Uint8Array, start: number, end: number, first: number): readonly TextWindow[] {
  const found: TextWindow[][] = [[], [], [], []];
  /** Where each alignment is to be looked at again. */
  const resume = [first, first, first, first];
  let from = first;
  while (from + leastFitting <= end) {
    const asked = openLanes(resume, from);
    const lanes = asked === 0 ? -(from + 1) : lanesAt(bytes, start, from, asked);
    if (lanes < 0) {
      from = -lanes;
      continue;
    }
    for (let lane = 0; lane < 4; lane += 1) {
      if (!(lanes & (1 << lane))) continue;
      widen(found[lane] as TextWindow[], start + lane, from, end);
      resume[lane] = from + leastFitting;
    }
  }
  return found.flat();
}

function openLanes(resume: readonly number[], from: number): number {
  let lanes = 0;
  for (let lane = 0; lane < 4; lane += 1) if ((resume[lane] as number) <= from) lanes |= 1 << lane;
  return lanes;
}

/** Adds the surroundings of the text at `at` to the windows of one alignment, whose first group begins at `first`. */
function widen(windows: TextWindow[], first: number, at: number, end: number): void {
  const wanted = Math.max(first, at - reach);
  const from = first + ((wanted - first) & ~3);
  const to = Math.min(end, from + ((at + leastFitting + reach - from + 3) & ~3));
  const last = windows.at(-1);
  if (last && from <= last.to) last.to = Math.max(last.to, to);
  else windows.push({ from, to });
}
