import fc from 'fast-check';
import { expect, it } from 'vitest';
import { snippetOf } from '../../../../src/policy/outbound/snippet.js';

interface Span {
  readonly start: number;
  readonly end: number;
}

/** What a snippet must be, each finding widened by itself and nothing saved. */
function slowSnippet(bytes: Buffer, finding: Span, findings: readonly Span[]): string {
  const isValue = (at: number) => /[\w%+~-]/.test(String.fromCharCode(bytes[at] ?? 0));
  const widen = ({ start, end }: Span): Span => {
    while (start > 0 && isValue(start - 1)) start -= 1;
    while (end < bytes.length && isValue(end)) end += 1;
    return { start, end };
  };
  const covered = Buffer.from(bytes);
  for (const { start, end } of findings.map(widen)) covered.fill('*', start, end);
  const { start, end } = widen(finding);
  const shown = (from: number, to: number) =>
    covered.toString('latin1', Math.max(0, from), to).replace(/[^ -~]+/g, ' ');
  const value = `[${finding.end - finding.start} bytes]`;
  return `${shown(start - 60, start)}${value}${shown(end, end + 60)}`.trim().slice(0, 160);
}

const word = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'aZ9_%+~-'), minLength: 1, maxLength: 12 }),
  fc.string({ unit: fc.constantFrom(...' ./="\n\xe9'), minLength: 1, maxLength: 3 }),
  fc.integer({ min: 50, max: 90 }).map((length) => 'v'.repeat(length)),
);
const text = fc
  .array(word, { minLength: 1, maxLength: 60 })
  .map((words) => Buffer.from(words.join(''), 'latin1'));
const spans = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(40)), {
  minLength: 1,
  maxLength: 12,
});

it('strikes out every finding and all that touches one, whichever is shown', () => {
  fc.assert(
    fc.property(text, spans, (bytes, places) => {
      const findings = places.map(([place, length]) => {
        const start = Math.floor(place * (bytes.length - 1));
        return { start, end: Math.min(bytes.length, start + 1 + length) };
      });
      for (const finding of findings)
        expect(snippetOf(bytes, finding, findings)).toBe(slowSnippet(bytes, finding, findings));
    }),
    { numRuns: 500 },
  );
});

it('shows nothing of a value that goes on for long beyond what was found of it', () => {
  const bytes = Buffer.from(`key ${'v'.repeat(200_000)} end`);
  const findings = [
    { start: 90_000, end: 90_020 },
    { start: 100_000, end: 100_020 },
  ];
  for (const finding of findings) expect(snippetOf(bytes, finding, findings)).toBe('key [20 bytes] end');
});

/** The same bytes, and how many of them were read one by one. */
function counted(bytes: Buffer): { readonly bytes: Buffer; readonly reads: () => number } {
  let reads = 0;
  const get = (target: Buffer, key: string | symbol): unknown => {
    if (typeof key === 'string' && /^\d+$/.test(key)) reads += 1;
    const value: unknown = Reflect.get(target, key, target);
    return typeof value === 'function' ? value.bind(target) : value;
  };
  return { bytes: new Proxy(bytes, { get }), reads: () => reads };
}

it.each([
  ['one run', 'sk-ant-api03-', 13],
  ['runs beside each other', 'sk-ant-api03-x ', 15],
  ['the shortest runs', 'a.', 2],
])('reads no byte of a text full of findings more than a few times: %s', (_name, unit, step) => {
  const whole = Buffer.from(unit.repeat(20_000 / step));
  const findings = Array.from({ length: Math.floor(whole.length / step) }, (_, index) => ({
    start: index * step,
    end: index * step + 1,
  }));
  const { bytes, reads } = counted(whole);
  snippetOf(bytes, findings[findings.length >> 1] as Span, findings);
  expect(reads()).toBeLessThan(8 * whole.length);
});
