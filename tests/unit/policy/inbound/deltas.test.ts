import { describe, expect, test } from 'vitest';
import { buildPieceIndex } from '../../../../src/policy/across/piece-index.js';
import { buildDeltaIndex, createDeltaScrub } from '../../../../src/policy/inbound/deltas.js';
import type { Finding } from '../../../../src/policy/scan/finding.js';
import { randomOf } from '../../../support/fuzzing.js';

const value = 'xoPq7-4f0d8a66b1c7KmZt92Lw';
const short = 'Vt4-9kQz2-Lm7';
const index = buildDeltaIndex(
  buildPieceIndex([
    { name: 'LONG', value },
    { name: 'SHORT', value: short },
  ]),
);

const pieces = (text: string, size: number): string[] => text.match(new RegExp(`.{1,${size}}`, 'gs')) ?? [];
const event = (data: unknown) => `event: delta\ndata: ${JSON.stringify(data)}\n\n`;
const delta = (content: string) => event({ type: 'delta', choices: [{ index: 0, delta: { content } }] });

/** What comes of a stream that is sent in chunks of so many bytes. */
function scrubbed(text: string, unit: 'event' | 'line', size = text.length) {
  const found: Finding[] = [];
  const stream = createDeltaScrub(index, unit, (finding) => found.push(finding));
  const parts = pieces(text, size).map((part) => stream.push(Buffer.from(part)));
  const clean = Buffer.concat([...parts, stream.end()]).toString();
  expect(clean).toHaveLength(text.length);
  return {
    clean,
    found,
    contents: [...clean.matchAll(/"content":"([^"]*)"/g)].map(([, one]) => one).join(''),
  };
}

describe('a value in strings of one event after another', () => {
  test.each([1, 2, 3, 5, 8, 12, 20])('is covered from its twelfth letter on: %i letters an event', (size) => {
    const text = pieces(`the key is ${value} and so on`, size).map(delta).join('');
    for (const chunk of [undefined, 1, 57]) {
      const { clean, contents, found } = scrubbed(text, 'event', chunk);
      expect(contents).toMatch(/^the key is .{0,13}\*{13,} ?and so on$/);
      expect(found[0]).toMatchObject({ rule: 'LONG', class: 'known' });
      for (const line of clean.matchAll(/^data: (.*)$/gm)) JSON.parse(line[1] as string);
    }
  });

  test('is none where a signed token begins as another does', () => {
    const begins = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9';
    const own = buildDeltaIndex(
      buildPieceIndex([
        { name: 'TOKEN', value: `${begins}.eyJyb2xlIjoiYWRtaW4ifQ.kTq9Zr2Wv8Xs4Lm7Np1Bd6Gf3Hj5Kc0Qw` },
      ]),
    );
    const text = pieces(`a token begins with ${begins}`, 6).map(delta).join('');
    const stream = createDeltaScrub(own, 'event', () => {});
    expect(Buffer.concat([stream.push(Buffer.from(text)), stream.end()]).toString()).toBe(text);
  });

  test('is covered where that is short: from its half on', () => {
    const { contents } = scrubbed(pieces(`it is ${short} .`, 2).map(delta).join(''), 'event');
    expect(contents).toMatch(/^it is [^*]{6,8}\*[*-]{3,} ?\.$/);
  });

  test.each([
    ['in base64', Buffer.from(value).toString('base64')],
    ['in hexadecimal', Buffer.from(value).toString('hex')],
    ['in other case, with blanks', [...value.toUpperCase()].join(' ')],
  ])('is covered %s', (_name, form) => {
    const { contents } = scrubbed(pieces(form, 4).map(delta).join(''), 'event');
    expect(contents).toMatch(/^.{8,26}[*]+/);
    expect(contents.split('*')[0]?.length).toBeLessThanOrEqual(form.length * 0.66);
  });

  test('is covered each time, where it comes twice', () => {
    const { contents } = scrubbed(pieces(`${value}${value} ${value}.`, 3).map(delta).join(''), 'event');
    expect(contents).toMatch(/^[^*]{12,15}\*+ ?[^*]{0,15}\*+ ?[^*]{0,15}\*+ ?\.?$/);
  });

  test('is let go where it is made of words that anyone may use', () => {
    const words = buildDeltaIndex(buildPieceIndex([{ name: 'WORDS', value: 'development-secrets' }]));
    const stream = createDeltaScrub(words, 'event', () => {});
    const text = pieces('the development of software', 4).map(delta).join('');
    expect(stream.push(Buffer.from(text)).toString()).toBe(text);
  });

  test('is covered beside other events, in a part of its own, in plain data and in lines of JSON', () => {
    const other = (content: string) => event({ choices: [{ index: 1, delta: { content } }] });
    const parted = pieces(value, 3).flatMap((part, at) => [delta(part), ': ping\n\n', other(`word${at} `)]);
    expect(scrubbed(parted.join(''), 'event').contents).toMatch(
      /^[^*]+word3 \*\*\*word4 \*\*\*word5 \*\*\*word6 \*\*\*word7 \*\*word8 $/,
    );
    const plain = pieces(value, 3).map((part) => `data: ${part}\n\n`);
    expect(scrubbed(plain.join(''), 'event').clean).toMatch(/data: \*\*\*\n\ndata: \*\*\n\n$/);
    const lines = pieces(value, 3).map(
      (part) => `${JSON.stringify({ done: false, message: { content: part } })}\n`,
    );
    expect(scrubbed(lines.join(''), 'line').contents).toMatch(/^.{12,15}\*+$/);
    const array = event({ words: pieces(value, 3) });
    expect(scrubbed(array, 'event').clean).toContain('"***","**"');
  });
});

describe('what is no value', () => {
  test('goes by as it came', () => {
    const random = randomOf(5);
    const words = Array.from({ length: 3000 }, () => Math.floor(random() * 2 ** 40).toString(36));
    const text = words.map((word) => delta(` ${word}`)).join('');
    expect(scrubbed(text, 'event', 4000)).toMatchObject({ clean: text, found: [] });
  });

  test('goes by where the same letters stand in several places', () => {
    const text = pieces(value, 3)
      .map((part, at) => event({ [`name${at}`]: part }))
      .join('');
    expect(scrubbed(text, 'event').clean).toBe(text);
  });

  test('keeps no more than its bounds: of names without number, and of an event without end', () => {
    const names = Array.from({ length: 2000 }, (_, at) => event({ [`name${at}`]: 'some words' })).join('');
    expect(scrubbed(names, 'event').clean).toBe(names);
    const stream = createDeltaScrub(index, 'event', () => {});
    const endless = Buffer.alloc(100_000, 'data: words without an end ');
    const out = [1, 2, 3, 4].map(() => stream.push(endless).length);
    expect(out[2]).toBe(300_000);
  });
});
