import { expect, test } from 'vitest';
import { textView } from '../../../../src/policy/scan/view.js';
import { spacedProbes, spacedViews } from '../../../../src/policy/views/spaced.js';

const first = 'DRXVw98m3qOcGlboDOL1';
const second = 'configcat-sdk-1';
const spread = (value: string, separator: string) => Array.from(value).join(separator);

function spacedIn(text: string) {
  const bytes = Buffer.from(text);
  const [view] = spacedViews(textView(bytes), spacedProbes(bytes));
  return { bytes, view };
}

test.each([' ', '.', ', ', ' | ', '\u2009'])(
  'values side by side are two, parted by %j within',
  (separator) => {
    for (let before = 0; before < 30; before += 1) {
      const { bytes, view } = spacedIn(
        `${'x'.repeat(before)}=${spread(first, separator)}${spread(second, ' ')}=`,
      );
      for (const value of [first, second]) {
        const at = view?.bytes.indexOf(value) ?? -1;
        expect(at, `${value} behind ${before} bytes`).toBeGreaterThanOrEqual(0);
        const [start, end] = view?.origin(at, at + value.length) ?? [];
        const parted = spread(value, value === first ? separator : ' ');
        expect(bytes.toString('utf8', start, end)).toBe(parted);
      }
    }
  },
);

test('the place of a part of a value is told to the letter', () => {
  const { bytes, view } = spacedIn(`= ${spread(first, ', ')} =`);
  for (let from = 0; from < first.length; from += 1)
    for (let to = from + 1; to <= first.length; to += 1) {
      const [start, end] = view?.origin(from, to) ?? [];
      expect(bytes.toString('utf8', start, end)).toBe(spread(first.slice(from, to), ', '));
    }
});
