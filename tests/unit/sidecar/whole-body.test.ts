import { expect, it } from 'vitest';
import { createWholeBody } from '../../../src/sidecar/whole-body.js';

const bytes = Buffer.from('a body that comes in pieces');

it.each([[[27]], [[1, 26]], [[9, 9, 9]], [[26, 1]]])('puts pieces of %j bytes together', (sizes) => {
  const body = createWholeBody(bytes.length);
  let from = 0;
  for (const size of sizes) {
    body.append(bytes.subarray(from, from + size));
    from += size;
  }
  expect(body.end().equals(bytes)).toBe(true);
});

it.each([[[]], [[26]], [[13, 13]], [[13, 15]], [[27, 1]], [[1, 27]]])(
  'answers nothing where %j bytes came',
  (sizes) => {
    const body = createWholeBody(bytes.length);
    for (const size of sizes) body.append(Buffer.alloc(size));
    expect(() => body.end()).toThrow('not as long');
  },
);
