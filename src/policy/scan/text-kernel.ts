import { type Kernel, openKernel, textSlack } from './kernel.js';

/** Bytes of a text that are looked at in one go. */
export const blockBytes = 1 << 16;

/** Puts `bytes[from..to)`, a block at most, where a kernel reads; answers where that is. */
export type FillBlock = (bytes: Uint8Array, from: number, to: number) => number;

export function reserveBlock(kernel: Kernel): FillBlock {
  const block = kernel.reserve(blockBytes + textSlack);
  return (bytes, from, to) => {
    kernel.memory.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), block);
    return block;
  };
}

/** Goes over a text of so many bytes block by block. @param overlap bytes of a block that are also the next one's first */
export function eachRange(length: number, overlap: number, visit: (from: number, to: number) => void): void {
  for (let from = 0; ; from += blockBytes - overlap) {
    const to = Math.min(length, from + blockBytes);
    visit(from, to);
    if (to === length) return;
  }
}

/** For looks at a text that keep nothing: one memory, so that it stays in a core's caches. */
export const textKernel = openKernel(1 << 20);
export const fillBlock = reserveBlock(textKernel);
/** Room for a number of 32 bits for each byte. */
const answers = textKernel.reserve(4 * blockBytes);

/** What the last call found. */
export const foundWords = new Uint32Array(textKernel.memory.buffer, answers, blockBytes);

/** A call of the kernel on a text; answers how many things it wrote to `answers`. */
export type BlockCall = (block: number, length: number, answers: number) => number;

/**
 * Calls the kernel for each block of a text.
 * @param visit told where a block begins and how much was found in it, where anything was
 */
export function eachBlock(
  bytes: Uint8Array,
  overlap: number,
  call: BlockCall,
  visit: (from: number, count: number) => void,
): void {
  eachRange(bytes.length, overlap, (from, to) => {
    const count = call(fillBlock(bytes, from, to), to - from, answers);
    if (count > 0) visit(from, count);
  });
}
