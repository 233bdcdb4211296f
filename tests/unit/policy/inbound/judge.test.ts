import { describe, expect, test } from 'vitest';
import { completeUntil, judge, takeOut } from '../../../../src/policy/inbound/judge.js';
import { looksLikeText, mediaKind } from '../../../../src/policy/inbound/media.js';
import { NotScannedError } from '../../../../src/policy/inbound/scrub.js';
import type { Finding } from '../../../../src/policy/scan/finding.js';
import type { Scanner } from '../../../../src/policy/scan/scanner.js';

/** Finds every `BAD` with the digit after it as its score, in tenths. */
const scanner: Scanner = {
  scan: (bytes) => ({
    outcome: 'complete',
    findings: [
      ...Buffer.from(bytes)
        .toString('latin1')
        .matchAll(/BAD(\d)/g),
    ].map(
      ({ index, 1: digit }): Finding => ({
        detector: 'd',
        rule: 'r',
        view: 'text',
        start: index,
        end: index + 4,
        score: Number(digit) / 10,
        class: 'injection',
      }),
    ),
  }),
};
const exhausted: Scanner = { scan: () => ({ outcome: 'over-budget', findings: [] }) };
const taken = (text: string, from: number, unit: 'span' | 'line' | 'event') =>
  takeOut(scanner, Buffer.from(text), from, unit, () => 'gone').toString();

describe('the judgement of a text', () => {
  test.each([
    ['nothing', 0, 'clean'],
    ['BAD4', 0, 'clean'],
    ['BAD5', 0, 'warn'],
    ['BAD5 and BAD9', 0, 'block'],
    ['BAD9 and after it', 4, 'clean'],
    ['BAD9 and after it', 3, 'block'],
  ] as const)('%s, from %i on: %s', (text, from, verdict) => {
    expect(judge(scanner, Buffer.from(text), from, 'body').verdict).toBe(verdict);
  });

  test('what could not be looked at to its end is none', () => {
    expect(() => judge(exhausted, Buffer.from('x'), 0, 'body')).toThrow(NotScannedError);
  });
});

describe('what is taken out', () => {
  test('is as long as what stands for it', () => {
    expect(taken('a BAD9 b BAD8 c BAD5', 0, 'span')).toBe('a gone b gone c BAD5');
    expect(taken('BAD9 b BAD8', 5, 'span')).toBe('BAD9 b gone');
  });

  test('is a whole line or event, whose end stays', () => {
    expect(taken('a\nb BAD9 c\r\nd', 0, 'line')).toBe('a\ngone    \r\nd');
    expect(taken('data: a\n\ndata: BAD9\n\ndata: b\n\n', 0, 'event')).toBe(
      'data: a\n\n: gone    \n\ndata: b\n\n',
    );
    expect(taken('id: 1\r\n\r\ndata: x\r\ndata: BAD9\r\n\r\n', 0, 'event')).toBe(
      `id: 1\r\n\r\n: gone${' '.repeat(13)}\r\n\r\n`,
    );
  });

  test('is all of a text that is too full of it', () => {
    expect(taken('BAD9 '.repeat(40), 0, 'span')).toBe('gone'.padEnd(200));
  });
});

test.each([
  ['data: a\n\ndata', 'event', 9],
  ['data: a\r\n\r\ndata', 'event', 11],
  ['data: a\r\rdata', 'event', 9],
  ['data: a\n', 'event', 0],
  ['a\nb', 'line', 2],
] as const)('%j is complete as %s up to %i', (text, unit, until) => {
  expect(completeUntil(Buffer.from(text), unit)).toBe(until);
});

test.each([
  ['text/html; charset=utf-8', 'text'],
  ['application/vnd.api+json', 'text'],
  ['image/svg+xml', 'text'],
  ['image/png', 'binary'],
  ['application/x-git-upload-pack-result', 'binary'],
  ['Text/Event-Stream', 'events'],
  ['application/x-ndjson', 'lines'],
  ['application/octet-stream', 'unknown'],
  ['', 'unknown'],
  [null, 'unknown'],
])('%s is %s', (type, kind) => {
  expect(mediaKind(type)).toBe(kind);
});

test('text is told from other bytes by what it holds', () => {
  expect(looksLikeText(Buffer.from('a line\n\tand ünother\x1b[0m'))).toBe(true);
  expect(looksLikeText(Buffer.from([0x50, 0x4b, 3, 4, 0, 0]))).toBe(false);
  expect(looksLikeText(Buffer.from([0x1f, 0x8b, 8, 1, 2, 3, 4]))).toBe(false);
});
