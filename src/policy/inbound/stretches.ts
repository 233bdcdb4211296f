import { pairCount, pairTable } from '../scan/pair-table.js';
import { wide } from '../scan/variants.js';

/** Bytes of a stretch that reads as text: a shorter one can hold no value in a code of its own. */
const shortest = 48;
/** Stretches that are read by themselves; of more, those are taken together that stand near each other. */
const most = 16;
const gaps = [shortest, 512, 8192, Number.POSITIVE_INFINITY] as const;

/** What printable text is made of in ASCII. */
const printable = Uint8Array.from({ length: 128 }, (_, byte) =>
  (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d || byte === 0x1b ? 1 : 0,
);

/** The byte can stand where it does in text, by its neighbours (RFC 3629, 3): of bytes by chance, every other can't. */
function isTextAt(bytes: Buffer, at: number): boolean {
  const byte = bytes[at] as number;
  if (byte < 0x80) return printable[byte] === 1;
  if (byte < 0xc0) return at === 0 || (bytes[at - 1] as number) >= 0x80;
  if (byte < 0xc2 || byte > 0xf4) return false;
  return at + 1 >= bytes.length || ((bytes[at + 1] as number) & 0xc0) === 0x80;
}

/** For two bytes, the first in the low half: they can stand next to each other in text. */
const textPairs = (() => {
  const both = Buffer.alloc(2);
  return pairTable(new Uint8Array(pairCount), (first, second) => {
    both[0] = first;
    both[1] = second;
    return isTextAt(both, 0) && isTextAt(both, 1) ? 1 : 0;
  });
})();

const isNoText = (four: number, next: number): boolean =>
  ((textPairs[four & 0xffff] as number) &
    (textPairs[four >>> 16] as number) &
    (textPairs[next & 0xffff] as number) &
    (textPairs[next >>> 16] as number)) ===
  0;

/**
 * Where a file that isn't text holds some, as `[start, end)`: behind a picture, between the streams of a document. Each
 * place is looked at from where a stretch that began there would have to reach, so that most bytes are looked over.
 *
 * @param isWanted tells which of them are worth it
 */
export function textStretches(
  bytes: Buffer,
  isWanted: (stretch: Buffer) => boolean,
): readonly (readonly [start: number, end: number])[] {
  const found: [start: number, end: number][] = [];
  const wideBytes = wide(bytes);
  for (let start = 0; start + shortest <= bytes.length; ) {
    let at = start + shortest - 1;
    // Eight bytes in one go tell of most places that they are none.
    if (isNoText(wideBytes.getInt32(at - 7, true), wideBytes.getInt32(at - 3, true))) {
      start = at - 6;
      continue;
    }
    while (at >= start && isTextAt(bytes, at)) at -= 1;
    if (at >= start) {
      start = at + 1;
      continue;
    }
    let end = start + shortest;
    while (end < bytes.length && isTextAt(bytes, end)) end += 1;
    if (isWanted(bytes.subarray(start, end))) found.push([start, end]);
    start = end + 1;
  }
  for (const gap of gaps) {
    joinNear(found, gap);
    if (found.length <= most) break;
  }
  return found;
}

function joinNear(found: [start: number, end: number][], gap: number): void {
  let kept = 0;
  for (const next of found) {
    const last = found[kept - 1];
    if (last && next[0] - last[1] <= gap) last[1] = next[1];
    else found[kept++] = next;
  }
  found.length = kept;
}
