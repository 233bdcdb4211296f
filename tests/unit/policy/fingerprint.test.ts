import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildFingerprints, findPieces, type Piece } from '../../../src/policy/scan/fingerprint.js';
import { createFormList } from '../../../src/policy/scan/forms.js';
import { wide } from '../../../src/policy/scan/variants.js';

function piecesIn(needle: Buffer, least: number, text: Buffer): Piece[] {
  const found: Piece[] = [];
  const forms = createFormList();
  forms.add(needle);
  const index = buildFingerprints(forms.done(), [least]);
  findPieces(index, wide(text), text.length, (piece) => found.push(piece));
  return found;
}

const letters = (alphabet: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength });

describe('pieces of a needle', () => {
  // Each bound on its own side of where windows are entered more sparsely, or only with what follows them.
  it.each([12, 16, 17, 20, 51, 52, 80])('of %i bytes or more are found wherever they stand', (least) => {
    const cases = fc.record({
      needle: letters('abcdefghij0123456789', 90, 160),
      start: fc.nat(60),
      more: fc.nat(20),
      before: letters('xyz', 0, 30),
      after: letters('xyz', 0, 30),
    });
    fc.assert(
      fc.property(cases, ({ needle, start, more, before, after }) => {
        const from = Math.min(start, needle.length - least);
        const piece = needle.slice(from, from + least + more);
        const found = piecesIn(Buffer.from(needle), least, Buffer.from(before + piece + after));
        const whole = found.find(
          ({ start: first, end }) => first <= before.length && end >= before.length + piece.length,
        );
        expect(whole, `${needle} ${from} ${piece.length}`).toBeDefined();
      }),
      { numRuns: 300, seed: 20_261_122 },
    );
  });

  it('shorter ones are not told', () => {
    const needle = 'abcdefghij0123456789'.repeat(6);
    for (const least of [17, 52, 80])
      expect(piecesIn(Buffer.from(needle), least, Buffer.from(`x${needle.slice(3, 2 + least)}x`))).toEqual(
        [],
      );
  });
});
