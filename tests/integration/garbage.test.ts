import { setTimeout as pause } from 'node:timers/promises';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, expect, it } from 'vitest';
import { collectBuffers } from '../../src/sidecar/garbage.js';

let collect: (options?: { readonly type: 'minor' }) => void;
let young = 0;

beforeAll(() => {
  setFlagsFromString('--expose-gc');
  collect = runInNewContext('gc');
  globalThis.gc = ((options?: { readonly type: 'minor' }) => {
    if (options?.type === 'minor') young += 1;
    collect(options);
  }) as typeof globalThis.gc;
  collectBuffers();
});

/** What outlived two collections of young objects, so that another of these leaves it where it is, and is garbage then. */
function oldGarbage(): WeakRef<object> {
  const kept = { buffer: Buffer.alloc(16 * 1024 * 1024) };
  collect();
  collect();
  return new WeakRef(kept);
}

async function untilGone(garbage: WeakRef<object>): Promise<boolean> {
  for (let count = 0; count < 400; count += 1) {
    await pause(20);
    if (garbage.deref() === undefined) return true;
  }
  return false;
}

it('gives back what is left once nothing goes on any more', async () => {
  const garbage = oldGarbage();
  expect(await untilGone(garbage)).toBe(true);
}, 15_000);

it('collects the young while buffers come and go', async () => {
  const before = young;
  for (let count = 0; count < 5000 && young === before; count += 1) {
    Buffer.alloc(2 * 1024 * 1024);
    await pause(1);
  }
  expect(young).toBeGreaterThan(before);
}, 15_000);

it('brings together what is left in many pages', async () => {
  const pages = Array.from({ length: 600_000 }, (_, index) => ({ index }));
  const left = pages.filter(({ index }) => index % 50 === 0);
  const before = getHeapStatistics().total_physical_size;
  pages.length = 0;
  const mostLeft = before - 16 * 1024 * 1024;
  for (let count = 0; count < 400 && getHeapStatistics().total_physical_size > mostLeft; count += 1)
    await pause(20);
  expect(getHeapStatistics().total_physical_size).toBeLessThanOrEqual(mostLeft);
  expect(left).toHaveLength(12_000);
}, 15_000);
