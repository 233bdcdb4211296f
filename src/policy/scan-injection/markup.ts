/** Elements that dress words up and part none. */
const inline = new Set(
  'a abbr b bdi bdo cite code del em font i ins kbd mark q s small span strong sub sup tt u var wbr'.split(
    ' ',
  ),
);
/** Longer tags are left as they are. */
const longestTag = 400;
const longestName = 6;

interface Bare {
  readonly bytes: Buffer;
  /** Offsets in the text with its tags. */
  origin(start: number, end: number): readonly [number, number];
}

/** The text without the tags within its sentences: words that they cut are whole again. Null where there are none. */
export function withoutInlineTags(bytes: Buffer): Bare | null {
  /** Ends of the pieces kept, in the new text, and how much was left out before each. */
  const pieces: Buffer[] = [];
  const ends: number[] = [];
  const shifts: number[] = [];
  let kept = 0;
  let from = 0;
  for (let at = bytes.indexOf(0x3c); at >= 0; at = bytes.indexOf(0x3c, at + 1)) {
    const after = tagEnd(bytes, at);
    if (after < 0) continue;
    pieces.push(bytes.subarray(from, at));
    shifts.push(from - kept);
    kept += at - from;
    ends.push(kept);
    from = after;
    at = after - 1;
  }
  if (from === 0) return null;
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

/** Offset after the inline element's tag at `at`, or -1. */
function tagEnd(bytes: Buffer, at: number): number {
  const nameStart = bytes[at + 1] === 0x2f ? at + 2 : at + 1;
  let nameEnd = nameStart;
  while (nameEnd - nameStart <= longestName && isLetter(bytes[nameEnd])) nameEnd += 1;
  if (!inline.has(bytes.toString('latin1', nameStart, nameEnd).toLowerCase())) return -1;
  const next = bytes[nameEnd];
  if (next !== 0x3e && next !== 0x20 && next !== 0x2f && next !== 0x0a && next !== 0x09) return -1;
  const limit = Math.min(bytes.length, at + longestTag);
  for (let i = nameEnd; i < limit; i += 1) if (bytes[i] === 0x3e) return i + 1;
  return -1;
}

const isLetter = (byte: number | undefined): boolean =>
  byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
