import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import tokenPatterns from '../../../src/policy/detectors/token-patterns.js';
import { budgetFor, costs } from '../../../src/policy/scan/budget.js';
import { createScanner } from '../../../src/policy/scan/scanner.js';

const scanner = createScanner([tokenPatterns], { knownSecrets: [] });
const size = 1 << 16;
const filled = (unit: string) => Buffer.from(unit.repeat(Math.ceil(size / unit.length)), 'latin1');
const spentOn = (bytes: Buffer): number => {
  const budget = budgetFor(bytes.length);
  const before = budget.remaining;
  scanner.scan(bytes, 'body', { budget });
  return (before - budget.remaining) / bytes.length;
};
const prose = 'A line of a letter, in which nothing is hidden and nothing is asked for.\n';
const line = 'github.com/a-name/some-module v1.2.3/go.mod h1:E5U5lcrcXMsCuoDNyGrpyTm9hn7ne941Jz2vmksAxW8=\n';

describe('what a message may cost', () => {
  it.each([
    ['prose', Buffer.from(prose.repeat(1000))],
    ['JSON', Buffer.from(JSON.stringify(Array(800).fill({ id: 7, name: 'a thing', tags: ['a', 'b'] })))],
    ['base64 of prose', Buffer.from(Buffer.from(prose.repeat(800)).toString('base64'))],
    ['percent-encoded twice', Buffer.from(encodeURIComponent(encodeURIComponent(prose.repeat(600))))],
    ['UTF-16', Buffer.from(prose.repeat(500), 'utf16le')],
    ['lines of digests', Buffer.from(line.repeat(500))],
    ['an archive', gzipSync(Buffer.from(Array.from({ length: 4000 }, (_, i) => `${i}: ${prose}`).join('')))],
  ])('lets %s pass', (_name, bytes) => {
    expect(scanner.scan(bytes, 'body').outcome).toBe('complete');
  });

  it('is hardly more than its length for clean text', () => {
    expect(spentOn(Buffer.from(prose.repeat(1000)))).toBeLessThan(1.2);
  });

  it.each([
    ['keywords whose patterns fail', 'authorization: bearer '],
    ['heads of gzip members', '\x1f\x8b\x08\0'],
    ['values beside words', 'api_key = "q9w8e7r6t5y4u3i2o1p0" token: '],
    ['values over fields', 'sk_live_a2V5","'],
  ])('refuses %s over and over, and stops there', (_name, unit) => {
    const bytes = filled(unit);
    const budget = budgetFor(bytes.length);
    expect(scanner.scan(bytes, 'body', { budget }).outcome).toBe('over-budget');
    expect(budget.remaining).toBeGreaterThan(-bytes.length - costs.member);
  });

  it.each([
    ['an opener with a value behind each', 'sharedaccesskey=A1'],
    ['tokens in rot13', 'tuc_k9D2zM7xYj3Io8Ag4Ew6Up1Fq5St0CdNrHlG '],
    ['heads of gzip members whose name does not end', '\x1f\x8b\x08\x1f'],
    ['chunks of PNG with a signature in each', '\0\0\0\x08tEXt\x89PNG\r\n\x1a\n\x07\x07\x07\x07'],
  ])('charges %s for what they take', (_name, unit) => {
    expect(spentOn(filled(unit))).toBeGreaterThan(3);
  });

  it.each([
    ['look-alike letters', 'съешь же ещё этих мягких французских булок, да выпей чаю. '],
    ['escaped letters', '\\u0441\\u044a\\u0435\\u0448\\u044c \\u0435\\u0449\\u0451. '],
    ['percent-encoded letters', encodeURIComponent('съешь же ещё этих мягких булок. ')],
    ['character references', '&#1089;&#1098;&#1077;&#1096;&#1100;. '],
    ['digests by their names', '{"key":"9f86d081884c7d659a2feaa0c55ad015","token_id":"users/7/avatar.png"},'],
  ])('lets a long text of %s pass', (_name, unit) => {
    expect(scanner.scan(Buffer.from(unit.repeat(2000)), 'body').outcome).toBe('complete');
  });

  it('refuses what decompresses to more than it may', () => {
    expect(scanner.scan(gzipSync(Buffer.alloc(1 << 24)), 'body').outcome).toBe('over-budget');
  });
});

describe('archives in base64', () => {
  const token = 'AKIA' + 'QZ7XK2MV4NTR6BWD';
  const packed = gzipSync(Buffer.from(`a note about ${token} and more`));

  it.each([
    ['at the start of a run', packed.toString('base64')],
    [
      'after other text',
      Buffer.concat([Buffer.from('some readable words, then '), packed]).toString('base64'),
    ],
  ])('are opened %s', (_name, text) => {
    const { findings } = scanner.scan(Buffer.from(`{"data":"${text}"}`), 'body');
    expect(findings.map(({ rule }) => rule)).toContain('aws-access-key-id');
  });

  it('are opened when members follow each other', () => {
    const two = Buffer.concat([gzipSync(Buffer.from('nothing')), packed]);
    expect(scanner.scan(two, 'body').findings).toHaveLength(1);
  });
});

describe('a line break after `=`', () => {
  const value = `ghp_${'x9Q2mZ7kLw3Vb8Nt4Rj6Hc1Sd5Fg0PqAeUyT'}`;
  it.each([9, 12, 27, 31, 39])('is undone inside a token after %i letters', (at) => {
    const text = `${value.slice(0, at)}=\n${value.slice(at)}`;
    expect(scanner.scan(Buffer.from(`note ${text} end`), 'body').findings).not.toHaveLength(0);
  });
});
