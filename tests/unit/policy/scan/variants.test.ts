import { expect, test } from 'vitest';
import { compacted } from '../../../../src/policy/scan/variants.js';

test('letters and digits of a value are left in order and in lower case', () => {
  expect(compacted('A-b.C  dE1!!!f2 G--_h\u00e9I j3,,,,K4l..;;;m N5 oP').toString()).toBe(
    'abcde1f2ghij3k4lmn5op',
  );
  expect(compacted('-- .').length).toBe(0);
});
