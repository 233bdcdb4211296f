import { expect, test } from 'vitest';
import { runFuzz } from '../../support/fuzzing.js';
import { webSocketTarget } from '../../support/websocket-target.js';

test('frames are read as by another program, however they are cut', async () => {
  const { cases } = await runFuzz(webSocketTarget, { seed: 1, cases: 400, milliseconds: 8000 });
  expect(cases).toBeGreaterThan(100);
});
