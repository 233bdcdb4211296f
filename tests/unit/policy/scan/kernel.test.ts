import { describe, expect, test } from 'vitest';
import { isPlain } from '../../../../src/policy/inbound/plain.js';
import { buildAutomaton } from '../../../../src/policy/scan/automaton.js';
import { firstLetters, letterBlock, nextLetters } from '../../../../src/policy/scan/letters.js';
import { keywordFinder } from '../../../../src/policy/scan/occurrences.js';
import { findRuns } from '../../../../src/policy/scan/runs.js';
import { textView } from '../../../../src/policy/scan/view.js';
import { decodeViews } from '../../../../src/policy/views/decode.js';
import { signsOf } from '../../../../src/policy/views/signs.js';
import { foldedBeginnings } from '../../../../src/policy/views/unicode.js';
import { type Random, randomOf } from '../../../support/fuzzing.js';

// The loops of src/kernel against what they stand for, said plainly: texts of every length about a vector's and a block's.

const block = 1 << 16;
/** Rich in what begins an escape, an encoding or an archive. */
const telling = Buffer.from(
  '%%%\\\\&&==\0\0\x1f\x8b\x89P\x03\x04\xb5/\xe2\x80\x8b\xff#u2bA9fZz_-+~ \n\r',
  'latin1',
);

function textOf(random: Random, length: number): Buffer {
  const dense = random() ** 2;
  const text = Buffer.alloc(length, 'mno Pq7rstuvwxyz0123456789ABCDEFG');
  for (let at = 0; at < length; at += 1)
    if (random() < dense) text[at] = telling[Math.floor(random() * telling.length)] as number;
  return text;
}

const lengths = [
  ...Array.from({ length: 600 }, (_, i) => Math.floor(i / 2)),
  ...Array.from({ length: 36 }, (_, i) => block - 20 + i),
  3 * block + 5,
];
const texts = lengths.map((length, seed) => textOf(randomOf(seed), length));

function lettersOf(text: Buffer): string {
  const view = textView(text);
  let letters = '';
  firstLetters(view);
  do letters += letterBlock.bytes.toString('latin1', letterBlock.before, letterBlock.length);
  while (nextLetters(view));
  return letters;
}

test('the letters and digits of a text, in lower case', () => {
  for (const text of texts)
    expect(lettersOf(text)).toBe(
      text
        .toString('latin1')
        .replace(/[^0-9a-z]/gi, '')
        .toLowerCase(),
    );
});

test('its long runs', () => {
  let found = 0;
  for (const text of texts) {
    const wanted = [...text.toString('latin1').matchAll(/[\w+/-]{24,}/g)];
    expect(findRuns(text)).toEqual(wanted.flatMap(({ index, 0: run }) => [index, index + run.length]));
    found += wanted.length;
  }
  expect(found).toBeGreaterThan(1000);
});

test('a run of more than a block, and one on each side of a border', () => {
  expect(findRuns(Buffer.alloc(2 * block + 7, 'a'))).toEqual([0, 2 * block + 7]);
  for (let before = 0; before < 60; before += 1) {
    const text = Buffer.alloc(block + 80, ' ');
    text.fill('a', block - before, block - before + 30);
    text.fill('b', block - before + 31, block - before + 60);
    const start = block - before;
    expect(findRuns(text)).toEqual([start, start + 30, start + 31, start + 60]);
  }
});

test('the signs of what may have to be undone', () => {
  const kinds = {
    percent: /%(?=[\da-fA-Fu])/g,
    backslash: /\\(?=[uUx/0-7\\])/g,
    reference: /&(?=[#a-z])/gi,
    quoted: /=(?=[\n\r2-7\\])/g,
    zero: /\0(?=[^\0])/g,
    archive: /\x1f(?=\x8b)|\x89(?=P)|\x03(?=\x04)|\xb5(?=\/)/g,
  };
  for (const text of texts) {
    const signs = signsOf(text);
    const latin1 = text.toString('latin1');
    for (const [kind, pattern] of Object.entries(kinds)) {
      const wanted = [...latin1.matchAll(pattern)].map(({ index }) => index);
      expect([kind, signs[kind as keyof typeof kinds]]).toEqual([kind, wanted]);
    }
    const foreign: number[] = [];
    for (let at = 0; at + 1 < text.length; at += 1)
      if (foldedBeginnings.has(text.readUInt16BE(at))) foreign.push(at);
    expect(signs.foreign).toEqual(foreign);
  }
});

test('whether nothing in it can be undone', () => {
  let plain = 0;
  for (const text of texts) {
    const latin1 = text.toString('latin1');
    const wanted = !/[\x80-\xff%\\&]|=(?:[\n\r]|[\da-f]{2}|[\s\S]?$)|[\da-z+/=]{32}/i.test(latin1);
    expect(isPlain(text)).toBe(wanted);
    if (wanted) plain += 1;
  }
  expect(plain).toBeGreaterThan(20);
  expect(plain).toBeLessThan(texts.length - 20);
});

test('a spaced-out value at any place of a text of two blocks', () => {
  const value = 'ghp_A1b2C3d4E5f6G7h8';
  for (const separator of [' ', ', ', ' | '])
    for (let at = block - 90; at < block + 30; at += 7) {
      const text = Buffer.alloc(2 * block, '.,');
      text.write(Array.from(value).join(separator), at);
      const views = [...decodeViews(textView(text), { remaining: Number.POSITIVE_INFINITY })];
      expect(views.map(({ name, bytes }) => [name, bytes.includes(value)])).toEqual([['spaced', true]]);
    }
});

describe('the keywords of an automaton', () => {
  const keywords = ['abab', 'ba', 'abcabcabc', 'c', 'x_y', 'a much longer one than the others are'];
  const find = keywordFinder(
    buildAutomaton(keywords),
    keywords.map(({ length }) => ({ length })),
  );

  function wantedIn(text: string): readonly (readonly [end: number, keyword: string])[] {
    const found: [number, string][] = [];
    for (const keyword of keywords)
      for (let at = text.indexOf(keyword); at >= 0; at = text.indexOf(keyword, at + 1))
        found.push([at + keyword.length, keyword]);
    return found.sort(([a, one], [b, other]) => a - b || other.length - one.length);
  }

  function expectSame(text: string): number {
    const { count, ends, ids } = find(Buffer.from(text));
    const wanted = wantedIn(text.toLowerCase());
    expect(Array.from({ length: count }, (_, i) => [ends[i], keywords[ids[i] as number]])).toEqual(wanted);
    return count;
  }

  const unit = 'abababcabcabcabbax_yABABca ca much longer one than the others areX_Yb';

  test('are found in any case and any order, in texts of every length', () => {
    const random = randomOf(7);
    let text = '';
    for (let length = 0; length < 700; length += 1) {
      expectSame(text);
      const from = Math.floor(random() * unit.length);
      text += unit.slice(from, from + 1 + Math.floor(random() * 3));
    }
  });

  test('are found across the borders of lanes and blocks, and no other time', () => {
    const long = unit.repeat(3000);
    for (let from = 0; from < unit.length; from += 11) expectSame(long.slice(from, from + block + from));
    expect(expectSame(long.slice(0, 3 * block))).toBeGreaterThan(25_000);
  });

  test('may not be empty, nor more than there is room for', () => {
    expect(() => buildAutomaton(['a', ''])).toThrow(RangeError);
    const many = Array.from({ length: 5000 }, (_, i) => `${i.toString(36).padStart(4, '0')}`.repeat(9));
    expect(() => buildAutomaton(many)).toThrow(RangeError);
  });

  test('every byte may end some', () => {
    expect(expectSame('c'.repeat(block + 100))).toBe(block + 100);
  });
});
