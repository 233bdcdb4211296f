import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitLines } from '../../../src/contract/lines.js';

function read(chunks: readonly Buffer[], limit: number): { lines: string[]; tooLong: number } {
  const lines: string[] = [];
  let tooLong = 0;
  const feed = splitLines(limit, {
    onLine: (line) => lines.push(line),
    onTooLong: () => {
      tooLong += 1;
    },
  });
  chunks.forEach(feed);
  return { lines, tooLong };
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort(
    (a, b) => a - b,
  );
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}

describe('splitLines', () => {
  it('finds the same lines however the bytes are cut', () => {
    const line = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\n'));
    fc.assert(
      fc.property(fc.array(line), fc.string({ maxLength: 5 }), fc.array(fc.nat()), (lines, rest, places) => {
        const tail = rest.replaceAll('\n', '');
        const bytes = Buffer.from(lines.map((one) => `${one}\n`).join('') + tail);
        expect(read(cut(bytes, places), bytes.length + 1)).toEqual({ lines, tooLong: 0 });
      }),
    );
  });

  it('stops for good at a line over the bound, however it is cut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.array(fc.nat()), (over, places) => {
        const bytes = Buffer.from(`first\n${'x'.repeat(10 + over)}\nlast\n`);
        expect(read(cut(bytes, places), 10)).toEqual({ lines: ['first'], tooLong: 1 });
      }),
    );
  });

  it('takes a line of just the bound', () => {
    expect(read([Buffer.from(`${'x'.repeat(10)}\n`)], 10).lines).toEqual(['x'.repeat(10)]);
  });
});
