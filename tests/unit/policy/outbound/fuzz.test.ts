import { expect, test } from 'vitest';
import target from '../../../support/examination-target.js';
import { runFuzz } from '../../../support/fuzzing.js';

test('100 heads and bodies of prefixes over and over: one snippet is made, and it shows no value', async () => {
  const result = await runFuzz(target, { seed: 20_261_123, cases: 100, milliseconds: 60_000 });
  expect(result.cases).toBe(100);
}, 60_000);
