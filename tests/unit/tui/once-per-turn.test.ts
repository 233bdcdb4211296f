import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { oncePerTurn } from '../../../src/tui/once-per-turn.js';

test('of all that is asked in one turn the first alone is granted', async () => {
  const mayDecide = oncePerTurn();
  expect([mayDecide(), mayDecide(), mayDecide()]).toEqual([true, false, false]);
  await Promise.resolve();
  expect(mayDecide()).toBe(false);
  await nextTurn();
  expect([mayDecide(), mayDecide()]).toEqual([true, false]);
});
