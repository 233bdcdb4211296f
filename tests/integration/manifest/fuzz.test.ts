import { expect, it } from 'vitest';
import { runFuzz } from '../../support/fuzzing.js';
import target from '../../support/manifest-target.js';

it('holds for 3,000 generated sets of manifests', async () => {
  const { cases } = await runFuzz(target, {
    seed: 20_260_101,
    cases: 3_000,
    milliseconds: Number.POSITIVE_INFINITY,
  });
  expect(cases).toBe(3_000);
}, 60_000);
