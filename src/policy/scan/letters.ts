import { blockBytes, fillBlock, textKernel } from './text-kernel.js';
import { wide } from './variants.js';
import type { View } from './view.js';

/** Letters and digits that a block begins with of those before it, however far apart: what lies across is found. */
const carried = 64;

/** Bytes behind the letters that the kernel may write to. */
const slack = 16;
const letters = textKernel.reserve(carried + blockBytes + slack);
const bytes = textKernel.memory.subarray(letters, letters + carried + blockBytes);

/** For each set of places among eight, as bits, these places in their order. */
const orders = textKernel.reserve(256 * 8);
for (let places = 0; places < 256; places += 1)
  [0, 1, 2, 3, 4, 5, 6, 7]
    .filter((place) => places & (1 << place))
    .forEach((place, i) => {
      textKernel.memory[orders + 8 * places + i] = place;
    });

/** The letters and digits of a stretch of a text, in lower case, whatever parts them: of the one that was asked for last. */
export const letterBlock = {
  bytes,
  /** The same memory. */
  wide: wide(bytes),
  /** Letters and digits in it. */
  length: 0,
  /** Of them, those that stand before `from`. */
  before: 0,
  /** Offset in the text. */
  from: 0,
};

/** Whose letters are there, where they are all of them: whoever looks at the same view next has them already. */
let whole: View | null = null;

/** Reads the first block of a view. Nothing else may be read before the view's last block was looked at. */
export function firstLetters(view: View): void {
  if (whole === view) return;
  letterBlock.length = 0;
  readFrom(view, 0);
  whole = view.bytes.length <= blockBytes ? view : null;
}

/** Reads the next one; false: that was the last. */
export function nextLetters(view: View): boolean {
  const from = letterBlock.from + blockBytes;
  if (from >= view.bytes.length) return false;
  readFrom(view, from);
  return true;
}

function readFrom(view: View, from: number): void {
  const { length } = letterBlock;
  const before = Math.min(carried, length);
  bytes.copyWithin(0, length - before, length);
  const to = Math.min(view.bytes.length, from + blockBytes);
  letterBlock.from = from;
  letterBlock.before = before;
  const block = fillBlock(view.bytes, from, to);
  letterBlock.length = before + textKernel.calls.compact(block, to - from, orders, letters + before);
}
