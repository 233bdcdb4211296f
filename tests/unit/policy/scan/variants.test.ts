import { expect, test } from 'vitest';
import { shortText } from '../../../../src/policy/scan/short-text.js';
import { compact, compactSlack } from '../../../../src/policy/scan/variants.js';

const letters = (text: string): string => text.replace(/[^0-9a-z]/gi, '').toLowerCase();
const text = 'A-b.C  dE1!!!f2 G--_h\u00e9I j3,,,,K4l..;;;m N5 oP';

function expectLetters(whole: string, from: number, to: number, at: number): void {
  const into = Buffer.alloc(at + to - from + compactSlack);
  const length = compact(Buffer.from(whole, 'latin1'), from, to, into, at);
  expect(into.toString('latin1', at, at + length)).toBe(letters(whole.slice(from, to)));
}

test('letters and digits are left in order and in lower case, whatever the length and the offset', () => {
  for (let from = 0; from <= text.length; from += 1)
    for (let to = from; to <= text.length; to += 1) expectLetters(text, from, to, from % 3);
});

test('those of a long text, too', () => {
  const long = text.repeat(2 * Math.ceil(shortText / text.length));
  for (let from = 0; from < 12; from += 1)
    for (let less = 0; less < 12; less += 1) expectLetters(long, from, long.length - less, less % 5);
});
