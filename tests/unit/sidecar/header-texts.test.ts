import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latin1Texts } from '../../../src/sidecar/header-texts.js';

const eachByItself = (parts: readonly (Buffer | string)[]) => parts.map((part) => part.toString('latin1'));

describe('the texts of headers', () => {
  it('are those of each part, where they lie one behind the other', () => {
    const head = Buffer.from('x-first: one\r\nX-Second: zw\xf6lf\r\n\r\nbody', 'latin1');
    const parts = [head.subarray(0, 7), head.subarray(9, 12), head.subarray(14, 22), head.subarray(24, 29)];
    expect(latin1Texts(parts)).toEqual(['x-first', 'one', 'X-Second', 'zw\xf6lf']);
  });

  it('are those of each part, wherever each lies', () => {
    const memories = [Buffer.from('abcdefghijklmnop'), Buffer.from('0123456789'.repeat(20_000))];
    const part = fc.tuple(fc.nat(1), fc.nat(200_000), fc.nat(30)).map(([memory, at, length]) => {
      const bytes = memories[memory] as Buffer;
      const start = at % bytes.length;
      return bytes.subarray(start, start + length);
    });
    const own = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 9, arbitrary: part }, { weight: 1, arbitrary: own })),
        (parts) => {
          expect(latin1Texts(parts)).toEqual(eachByItself(parts));
        },
      ),
    );
  });

  it('are none for no parts', () => {
    expect(latin1Texts([])).toEqual([]);
  });
});
