import { describe, expect, test } from 'vitest';
import { createJoiner } from '../../../../src/policy/scan/joiner.js';

describe('createJoiner', () => {
  test.each([0, 1, 1000, 200_000])('puts parts together around one of %i bytes', (length) => {
    const together = createJoiner();
    const parts = [Buffer.from('before'), Buffer.alloc(length, 'x'), Buffer.from('after')];
    expect(together(...parts).equals(Buffer.concat(parts))).toBe(true);
  });

  test('leaves what another joiner put together', () => {
    const mine = createJoiner()(Buffer.from('mine'));
    createJoiner()(Buffer.from('that'));
    expect(mine.toString()).toBe('mine');
  });
});
