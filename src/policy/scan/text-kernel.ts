import { openKernel, textSlack } from './kernel.js';

/** Bytes of a text that are looked at in one go. */
export const blockBytes = 1 << 16;

/** For looks at a text that keep nothing: one memory, so that it stays in a core's caches. */
export const textKernel = openKernel(1 << 20);
const block = textKernel.reserve(blockBytes + textSlack);
/** Room for a number of 32 bits for each byte. */
const answers = textKernel.reserve(4 * blockBytes);

/** What the last call found. */
export const foundWords = new Uint32Array(textKernel.memory.buffer, answers, blockBytes);

/** A call of the kernel on a text; answers how many things it wrote to `answers`. */
export type BlockCall = (block: number, length: number, answers: number) => number;

/** Puts `bytes[from..to)`, a block at most, where the kernel reads. */
export function fillBlock(bytes: Uint8Array, from: number, to: number): number {
  const whole = from === 0 && to === bytes.length;
  textKernel.memory.set(whole ? bytes : bytes.subarray(from, to), block);
  return block;
}

/**
 * Calls the kernel for each block of a text.
 * @param overlap bytes of a block that are also the next one's first
 * @param visit told where a block begins and how much was found in it, where anything was
 */
export function eachBlock(
  bytes: Uint8Array,
  overlap: number,
  call: BlockCall,
  visit: (from: number, count: number) => void,
): void {
  for (let from = 0; ; from += blockBytes - overlap) {
    const to = Math.min(bytes.length, from + blockBytes);
    const count = call(fillBlock(bytes, from, to), to - from, answers);
    if (count > 0) visit(from, count);
    if (to === bytes.length) return;
  }
}
