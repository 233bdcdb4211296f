import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import knownSecrets from '../../../src/policy/detectors/known-secrets.js';
import tokenPatterns from '../../../src/policy/detectors/token-patterns.js';
import { budgetFor } from '../../../src/policy/scan/budget.js';
import { createScanner } from '../../../src/policy/scan/scanner.js';
import { scanStream } from '../../../src/policy/scan/stream.js';

const secret = 'Tb5-kW2y_Hn8Xc4PvJ7d';
const token = 'ghp_R4nd0mL00kingT0kenThatIsNobodys12345';
const scanner = createScanner([tokenPatterns, knownSecrets], {
  knownSecrets: [{ name: 'KNOWN', value: secret }],
});
const filler = (length: number): string =>
  'nothing of note in this line of text\n'.repeat(length / 37 + 1).slice(0, length);

describe('scanStream', () => {
  it.each([1, 7, 1000, 16_384, 65_536])(
    'finds what chunks of %d bytes cut apart, before its first byte goes',
    (size) => {
      const text = Buffer.from(`${filler(20_000)}${secret}${filler(30_000)}"key":"${token}"${filler(5000)}`);
      const stream = scanStream(scanner, 'body');
      let released = 0;
      const found: string[] = [];
      const parts: Buffer[] = [];
      const take = ({ release, findings }: ReturnType<typeof stream.end>): void => {
        for (const finding of findings) {
          expect(finding.start).toBeGreaterThanOrEqual(released);
          found.push(text.toString('latin1', finding.start, finding.end));
        }
        released += release.length;
        parts.push(release);
      };
      for (let at = 0; at < text.length; at += size) take(stream.push(text.subarray(at, at + size)));
      take(stream.end());
      expect(Buffer.concat(parts).equals(text)).toBe(true);
      expect(found.some((value) => value.includes(secret))).toBe(true);
      expect(found.some((value) => value.includes(token))).toBe(true);
    },
  );
});

/** Words, runs longer than is held back, keys that end and that don't. */
const stretch = fc.oneof(
  fc.integer({ min: 10_000, max: 30_000 }).map(filler),
  fc.integer({ min: 1, max: 90_000 }).map((length) => 'abcdefghij'.repeat(length / 10 + 1).slice(0, length)),
  fc.nat(3000).map((length) => `-----BEGIN PRIVATE KEY-----\n${filler(length)}\n-----END PRIVATE KEY-----\n`),
  fc.nat(70_000).map((length) => `-----BEGIN PRIVATE KEY-----\n${filler(length)}`),
);
const value = fc.constantFrom(secret, ` ${secret}`, `"${token}"`, ` ${token} `, `${secret}"${token}"`);
const hostile = fc
  .array(fc.tuple(stretch, value), { minLength: 1, maxLength: 4 })
  .map((parts) => Buffer.from(parts.flat().join('')));
const sizes = fc.array(fc.oneof(fc.constantFrom(1, 2, 15_360, 16_383, 16_384, 65_536), fc.nat(40_000)), {
  minLength: 1,
  maxLength: 6,
});

/** Where chunks of these sizes by turns end. */
function endsOf(length: number, chunks: readonly number[]): number[] {
  const ends: number[] = [];
  for (let end = 0; end < length; ends.push(end))
    end += Math.max(1, chunks[ends.length % chunks.length] as number);
  return ends;
}

/** Within each value, so many letters behind its first. */
function endsWithin(text: Buffer, letters: number): number[] {
  const ends: number[] = [];
  for (const value of [secret, token])
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1))
      ends.push(at + 1 + (letters % (value.length - 1)));
  return ends.sort((one, other) => one - other);
}

/** @returns the stream, the findings of each step covered in what it lets out */
function throughStream(text: Buffer, ends: readonly number[]): Buffer {
  const stream = scanStream(scanner, 'body');
  let released = 0;
  const parts: Buffer[] = [];
  const take = ({ release, findings }: ReturnType<typeof stream.end>): void => {
    expect(release.equals(text.subarray(released, released + release.length))).toBe(true);
    const part = Buffer.from(release);
    for (const { start, end } of findings) {
      expect(start).toBeGreaterThanOrEqual(released);
      part.fill('*', start - released, Math.min(part.length, end - released));
    }
    released += part.length;
    parts.push(part);
  };
  for (const [index, end] of [...ends, text.length].entries())
    take(stream.push(text.subarray(ends[index - 1] ?? 0, end)));
  take(stream.end());
  expect(released).toBe(text.length);
  return Buffer.concat(parts);
}

it('lets out no value, however the stream is cut', () => {
  fc.assert(
    fc.property(hostile, sizes, fc.nat(100), (text, chunks, letters) => {
      for (const ends of [endsOf(text.length, chunks), endsWithin(text, letters), []]) {
        const covered = throughStream(text, ends);
        for (const whole of [secret, token])
          for (let at = 0; at + 10 <= whole.length; at += 1)
            expect(covered.includes(whole.slice(at, at + 10))).toBe(false);
      }
    }),
    { numRuns: 100 },
  );
});

it.each([
  ['a run without boundary', 'a'.repeat(66_000), 'a'],
  ['words', filler(66_000), 'a '],
  ['a key that does not end', `-----BEGIN PRIVATE KEY-----\n${filler(66_000)}`, 'a'],
])('scans what comes byte by byte after %s a few times only', (_name, before, unit) => {
  let scanned = 0;
  const counting: typeof scanner = {
    scan(bytes, ...rest) {
      scanned += bytes.length;
      return scanner.scan(bytes, ...rest);
    },
  };
  const stream = scanStream(counting, 'body');
  stream.push(Buffer.from(before));
  const count = 60_000;
  for (let at = 0; at < count; at += 1) stream.push(Buffer.from(unit[at % unit.length] as string));
  stream.end();
  expect(scanned).toBeLessThan(8 * (before.length + count));
});

describe('two streams by turns', () => {
  it('keep what was let out of each', () => {
    const texts = ['a', 'b'].map((letter) => Buffer.from(`${letter} word of its own, `.repeat(6000)));
    const streams = texts.map(() => scanStream(scanner, 'body'));
    const parts: Buffer[][] = [[], []];
    for (let at = 0; at < 120_000; at += 20_000)
      for (const [index, stream] of streams.entries())
        parts[index]?.push(stream.push((texts[index] as Buffer).subarray(at, at + 20_000)).release);
    for (const [index, stream] of streams.entries()) parts[index]?.push(stream.end().release);
    for (const [index, text] of texts.entries())
      expect(Buffer.concat(parts[index] ?? []).equals(text)).toBe(true);
  });
});

describe('the budget', () => {
  it('ends a scan of layers upon layers as over-budget', () => {
    const text = Buffer.from(Buffer.from('readable text, '.repeat(20_000)).toString('base64'));
    const budget = { remaining: text.length + 1000 };
    expect(scanner.scan(text, 'body', { budget }).outcome).toBe('over-budget');
    expect(scanner.scan(text, 'body', { budget: budgetFor(text.length) }).outcome).toBe('complete');
  });
});
