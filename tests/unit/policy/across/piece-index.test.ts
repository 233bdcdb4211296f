import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildPieceIndex, lettersOf } from '../../../../src/policy/across/piece-index.js';

const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const letters = (least: number, most: number) =>
  fc
    .array(fc.constantFrom(...alphabet), { minLength: least, maxLength: most })
    .map((characters) => characters.join(''));
const named = (values: readonly string[]) => values.map((value, at) => ({ name: `SECRET_${at}`, value }));

describe('the index of pieces', () => {
  it('finds every stretch of seven letters or more with a digit in it, wherever it stands and whatever parts its letters', () => {
    fc.assert(
      fc.property(
        letters(24, 40),
        fc.nat(16),
        fc.integer({ min: 7, max: 20 }),
        letters(0, 9),
        fc.constantFrom('', '-', ' | ', '\n'),
        (value, at, length, before, separator) => {
          const piece = value.slice(at, at + length);
          fc.pre(piece.length >= 7 && /\d/.test(piece));
          const index = buildPieceIndex(named([value, 'another-0value-of-no-interest']));
          const text = Buffer.from(`${before}.${[...piece].join(separator)}.rest`);
          const told = index
            .find(text)
            .filter(({ form }) => index.forms[form]?.value === 0)
            .map((found) => lettersOf(index, found));
          expect(told.some(([first, last]) => first <= at && last >= at + piece.length)).toBe(true);
        },
      ),
      { numRuns: 300, seed: 7 },
    );
  });

  it('tells of nothing where less than seven letters are in common', () => {
    const index = buildPieceIndex(named(['Qm4tZ8xWp2Lr7Ns5Kd9bV6yHc3']));
    expect(index.find(Buffer.from('see Qm4tZ8! and x2Lr7Ns.'))).toEqual([]);
  });

  it('goes by what tells values apart, not by how they all begin', () => {
    const values = Array.from({ length: 60 }, (_, at) => `sk-ant-api03-${String(at * 7_919 + 1e9)}Zq${at}xW`);
    const index = buildPieceIndex(named(values));
    expect(index.find(Buffer.from('sk-ant-api03-'.repeat(2_000)))).toEqual([]);
    const [piece] = index.find(Buffer.from(`the end: ${values[17]?.slice(-9)}`));
    expect(index.forms[piece?.form ?? -1]?.value).toBe(17);
  });
});
