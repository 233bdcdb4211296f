import { expect, test } from 'vitest';
import { compact, compactSlack, wide } from '../../../../src/policy/scan/variants.js';

const letters = (text: string): string => text.replace(/[^0-9a-z]/gi, '').toLowerCase();

test('letters and digits are left in order and in lower case, whatever the length and the offset', () => {
  const text = 'A-b.C  dE1!!!f2 G--_h\u00e9I j3,,,,K4l..;;;m N5 oP';
  const bytes = Buffer.from(text, 'latin1');
  for (let from = 0; from <= bytes.length; from += 1)
    for (let to = from; to <= bytes.length; to += 1) {
      const into = Buffer.alloc(to - from + compactSlack);
      const length = compact(wide(bytes), from, to, wide(into));
      expect(into.toString('latin1', 0, length)).toBe(letters(text.slice(from, to)));
    }
});
