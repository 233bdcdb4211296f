import { afterAll, expect, test } from 'vitest';
import { runFuzz } from '../support/fuzzing.js';
import target from '../support/request-target.js';

afterAll(() => target.close?.());

test('1,500 damaged requests: nothing gets out, nothing dies, every answer is HTTP', {
  timeout: 120_000,
}, async () => {
  const result = await runFuzz(target, { seed: 20_251_122, cases: 1500, milliseconds: 100_000 });
  expect(result.cases).toBe(1500);
});
