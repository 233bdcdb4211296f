import type { View } from '../scan/view.js';

interface Hidden {
  readonly rule: string;
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

/** Tag characters (U+E0020 to U+E007E) copy ASCII unseen; they have no use in text but flags, of at most six. */
const leastTags = 12;
/** Zero-width characters in a row that carry bits and no joining. */
const leastZeroWidth = 16;

/** Characters that a person doesn't see and an agent reads: in such number they are there to hide something. */
export function* hiddenText(view: View): Iterable<Hidden> {
  if (view.depth > 0) return;
  const { bytes } = view;
  const tag = Buffer.from([0xf3, 0xa0]);
  yield* crowded(bytes, tag, leastTags, 4, 'tag-characters');
  const zeroWidth = Buffer.from([0xe2, 0x80]);
  yield* crowded(
    bytes,
    zeroWidth,
    leastZeroWidth,
    3,
    'zero-width-characters',
    (third) => third >= 0x8b && third <= 0x8f,
  );
}

/** Characters beginning with `lead`, each right after the one before, at least `least` of them. */
function* crowded(
  bytes: Buffer,
  lead: Buffer,
  least: number,
  width: number,
  rule: string,
  fits: (third: number) => boolean = () => true,
): Iterable<Hidden> {
  let count = 0;
  let start = 0;
  let end = -1;
  for (let at = bytes.indexOf(lead); at >= 0; at = bytes.indexOf(lead, at + width)) {
    if (!fits(bytes[at + 2] ?? 0)) continue;
    if (at !== end) {
      count = 0;
      start = at;
    }
    count += 1;
    end = at + width;
    if (count === least) yield { rule, start, end, score: 0.95 };
  }
}
