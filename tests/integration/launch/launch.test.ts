import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { launch } from '../../../src/launch/launch.js';
import type { Backend } from '../../../src/plan/ports.js';
import { plainPlan } from '../../support/plain-plan.js';

/** A bottle whose agent ends at once. */
const backend: Backend = {
  name: 'none',
  summary: '',
  probe: () => Promise.reject(new Error('not asked')),
  start: async () => ({
    exit: Promise.resolve(7),
    kill: () => {},
    async [Symbol.asyncDispose]() {},
  }),
};

test('a signal ends nothing until the last entry of the log is written', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'launch-'));
  const before = process.listenerCount('SIGINT');
  const listening: number[] = [];
  try {
    const code = await launch({
      backend,
      plan: plainPlan,
      // The log can't be made there: that its last entries are lost is told when all else is done.
      environment: { XDG_STATE_HOME: '/dev/null', XDG_RUNTIME_DIR: folder },
      terminal: false,
      onEvent: () => {},
      onStep: () => {},
      tell: () => listening.push(process.listenerCount('SIGINT') - before),
    });
    expect(code).toBe(7);
    expect(listening.length).toBeGreaterThan(0);
    expect(new Set(listening)).toEqual(new Set([1]));
    expect(process.listenerCount('SIGINT')).toBe(before);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
