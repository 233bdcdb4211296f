import { describe, expect, it } from 'vitest';
import { parseSince } from '../../../src/console/time.js';

describe('parseSince', () => {
  it.each([
    ['90s', 1_000_000_000 - 90_000],
    ['5m', 1_000_000_000 - 300_000],
    ['2h', 1_000_000_000 - 7_200_000],
    ['1d', 1_000_000_000 - 86_400_000],
    ['2025-01-31T14:00Z', Date.UTC(2025, 0, 31, 14)],
    ['2025-01-31 14:00:05Z', Date.UTC(2025, 0, 31, 14, 0, 5)],
  ])('reads %s', (text, time) => {
    expect(parseSince(text, 1_000_000_000)).toBe(time);
  });

  it.each(['', 'h', '5', '-5m', '5 m', '1y', 'yesterday', '2025-13-01', '2025-1-1', '31.01.2025'])(
    'refuses %s',
    (text) => {
      expect(parseSince(text, 0)).toBeNull();
    },
  );
});
