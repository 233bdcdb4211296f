import { expect, test } from 'vitest';
import { isPlain } from '../../../../src/policy/inbound/plain.js';
import { shortText } from '../../../../src/policy/scan/short-text.js';
import { compact, compactSlack } from '../../../../src/policy/scan/variants.js';
import { signsOf } from '../../../../src/policy/views/signs.js';
import { type Random, randomOf } from '../../../support/fuzzing.js';

/** Rich in what begins an escape, an encoding or an archive. */
const bytes = Buffer.from('%%%\\\\\\&&&===\0\0\x1f\x8b\x89P\x03\x04\xb5/\xe2\x80\x8b#u2bA9fZz \n', 'latin1');

function textOf(random: Random): Buffer {
  const length = Math.floor(random() * (shortText - 80));
  const dense = random();
  const text = Buffer.alloc(length, 'mno pqr');
  for (let at = 0; at < length; at += 1)
    if (random() < dense) text[at] = bytes[Math.floor(random() * bytes.length)] as number;
  return text;
}

const cases = Array.from({ length: 2000 }, (_, seed) => textOf(randomOf(seed)));
/** What no way of reading takes for a part of anything. */
const blanks = (count: number): Buffer => Buffer.alloc(count, ' ');
const lengthened = (text: Buffer): Buffer => Buffer.concat([text, blanks(shortText)]);

function letters(text: Buffer): string {
  const into = Buffer.alloc(text.length + compactSlack);
  return into.toString('latin1', 0, compact(text, 0, text.length, into, 0));
}

// A short text is read by other loops than a long one; both must read the same.
test('the letters and digits of a short text are those that it has in a long one', () => {
  for (const text of cases) expect(letters(text)).toBe(letters(lengthened(text)));
});

test('the signs of a short text are those that it has in a long one', () => {
  for (const text of cases) {
    const short = Buffer.concat([text, blanks(1)]);
    expect(signsOf(short)).toEqual(signsOf(lengthened(short)));
  }
});

test('a short text is plain where it is in a long one', () => {
  let plain = 0;
  for (const text of cases) {
    const short = Buffer.concat([text, blanks(3)]);
    expect(isPlain(short)).toBe(isPlain(lengthened(short)));
    if (isPlain(short)) plain += 1;
  }
  expect(plain).toBeGreaterThan(20);
  expect(plain).toBeLessThan(cases.length - 20);
});
