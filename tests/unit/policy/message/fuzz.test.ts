import { expect, test } from 'vitest';
import { runFuzz } from '../../../support/fuzzing.js';
import target from '../../../support/message-target.js';

test('2,000 wrapped and damaged bodies: nothing throws, nothing grows, a whole secret is seen', async () => {
  const result = await runFuzz(target, { seed: 20_251_122, cases: 2000, milliseconds: 60_000 });
  expect(result.cases).toBe(2000);
}, 60_000);
