/** Number of a name of up to six letters, five bits each. */
function packed(bytes: Uint8Array, start: number, end: number): number {
  let number = 0;
  for (let i = start; i < end; i += 1) number = number * 32 + ((bytes[i] as number) & 31);
  return number;
}

/** Elements that dress words up and part none. */
const inline = new Set(
  'a abbr b bdi bdo cite code del em font i ins kbd mark q s small span strong sub sup tt u var wbr'
    .split(' ')
    .map((name) => packed(Buffer.from(name), 0, name.length)),
);
const longestName = 6;

interface Bare {
  readonly bytes: Buffer;
  /** Offsets in the text with its tags. */
  origin(start: number, end: number): readonly [number, number];
}

/** The text without the tags within its sentences: words that they cut are whole again. Null where they cut none. */
export function withoutInlineTags(bytes: Buffer): Bare | null {
  const first = bytes.indexOf(0x3c);
  return first < 0 ? null : withoutTags(bytes, first);
}

function withoutTags(bytes: Buffer, first: number): Bare | null {
  // Ends of the pieces kept, in the new text, and how much was left out before each.
  const pieces: Buffer[] = [];
  const ends: number[] = [];
  const shifts: number[] = [];
  let kept = 0;
  let from = 0;
  let close = 0;
  let inWord = false;
  let cut = false;
  for (let at = first; at >= 0; at = bytes.indexOf(0x3c, at + 1)) {
    const nameEnd = inlineName(bytes, at);
    if (nameEnd < 0) continue;
    if (close < nameEnd) close = bytes.indexOf(0x3e, nameEnd);
    if (close < 0) break;
    const after = close + 1;
    // A tag right behind another one stands where that one does.
    inWord = at === from && from > 0 ? inWord : isLetter(bytes[at - 1]);
    if (inWord && isLetter(bytes[after])) cut = true;
    pieces.push(bytes.subarray(from, at));
    shifts.push(from - kept);
    kept += at - from;
    ends.push(kept);
    from = after;
    at = after - 1;
  }
  if (!cut) return null;
  pieces.push(bytes.subarray(from));
  shifts.push(from - kept);
  ends.push(kept + bytes.length - from);
  const place = (offset: number): number => offset + (shifts[pieceAt(ends, offset)] as number);
  return {
    bytes: Buffer.concat(pieces),
    origin: (start, end) => [place(start), place(Math.max(start, end - 1)) + 1],
  };
}

/** The first piece that ends behind `offset`. */
function pieceAt(ends: readonly number[], offset: number): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] as number) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Offset after the name of the inline element whose tag begins at `at`, or -1. */
function inlineName(bytes: Buffer, at: number): number {
  const start = bytes[at + 1] === 0x2f ? at + 2 : at + 1;
  let end = start;
  while (end - start <= longestName && isLetter(bytes[end])) end += 1;
  if (end === start || end - start > longestName || !inline.has(packed(bytes, start, end))) return -1;
  const next = bytes[end];
  return next === 0x3e || next === 0x20 || next === 0x2f || next === 0x0a || next === 0x09 ? end : -1;
}

const isLetter = (byte: number | undefined): boolean =>
  byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
