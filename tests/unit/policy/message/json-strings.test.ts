import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinedStrings, stringValues } from '../../../../src/policy/message/json-strings.js';

const valuesOf = (text: string): string[] => {
  const bytes = Buffer.from(text);
  const ranges = stringValues(bytes);
  return Array.from({ length: ranges.length / 2 }, (_, at) =>
    bytes.toString('utf8', ranges[2 * at], ranges[2 * at + 1]),
  );
};

/** Strings of any length, with what a reader could stumble over. */
const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc
    .array(fc.constantFrom('"', '\\', '\\"', 'a', ' ', ':', '\n', '£', '\u0000'), { maxLength: 150 })
    .map((parts) => parts.join('')),
);

describe('string values of JSON', () => {
  it('are those that the document holds, in order and with their escapes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (entries) => {
        const document = entries.map(([key, value]) => `{${JSON.stringify(key)} : ${JSON.stringify(value)}}`);
        const expected = entries
          .map(([, value]) => JSON.stringify(value).slice(1, -1))
          .filter((value) => value !== '');
        expect(valuesOf(document.join('\n'))).toEqual(expected);
      }),
    );
  });

  it('are put together byte for byte', () => {
    const values = ['x'.repeat(3), 'no-blank-'.repeat(9), 'y'.repeat(200), '\u00e9'.repeat(50), 'z'];
    const bytes = Buffer.from(JSON.stringify(values));
    const joined = joinedStrings(bytes, stringValues(bytes));
    expect(joined?.bytes.toString()).toBe(values.join(''));
  });
});
