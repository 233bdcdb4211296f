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
