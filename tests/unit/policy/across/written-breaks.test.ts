import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breaksUndone } from '../../../../src/policy/across/written-breaks.js';

const undone = (text: string) => breaksUndone(Buffer.from(text, 'latin1'))?.toString('latin1') ?? null;

describe('written line breaks and tabs', () => {
  it.each([
    ['a\\nb', 'a  b'],
    ['a\\r\\nb', 'a    b'],
    ['a\\\\nb\\t', 'a   b  '],
  ])('of %j leave %j', (text, expected) => {
    expect(undone(text)).toBe(expected);
  });

  it.each(['plain', 'a\\x', 'ends\\', '\\\\', ''])('are not in %j', (text) => {
    expect(undone(text)).toBe(null);
  });

  it('stay in a text that is long', () => {
    expect(undone(`${'a'.repeat(2048)}\\n`)).toBe(null);
  });

  it('leave nothing but blanks in their place, whatever is around', () => {
    const text = fc.string({ unit: fc.constantFrom('\\', 'n', 'r', 't', 'x', ' '), maxLength: 40 });
    fc.assert(
      fc.property(text, (given) => {
        const expected = given.replace(/\\+[nrt]/g, (found) => ' '.repeat(found.length));
        expect(undone(given)).toBe(expected === given ? null : expected);
      }),
    );
  });
});
