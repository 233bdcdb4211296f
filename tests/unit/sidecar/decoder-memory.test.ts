import { brotliCompressSync, constants } from 'node:zlib';
import { expect, it, test } from 'vitest';
import { brotliWindow, countDecoder } from '../../../src/sidecar/decoder-memory.js';

test.each([10, 12, 15, 16, 17, 18, 20, 22, 24])('a brotli stream of window 2^%i says so', (bits) => {
  const params = { [constants.BROTLI_PARAM_LGWIN]: bits, [constants.BROTLI_PARAM_QUALITY]: 1 };
  const [first = 0] = brotliCompressSync(Buffer.alloc(3_000_000, 'words of text\n'), { params });
  expect(brotliWindow(first)).toBeGreaterThanOrEqual(2 ** bits);
  expect(brotliWindow(first)).toBeLessThanOrEqual(2 ** Math.max(bits, 18));
});

it('counts for all of them, and nothing after the end', () => {
  const held = { decoders: 0 };
  const [one, other] = [countDecoder(held), countDecoder(held)];
  const half = 64 * 1024 * 1024;
  expect([one.take(half), other.take(half), other.take(half + 1)]).toEqual([true, true, false]);
  one.release();
  expect([one.take(half), held.decoders]).toEqual([true, half + 1]);
  other.release();
  other.release();
  expect(held.decoders).toBe(0);
});
