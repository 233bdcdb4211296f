import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, expect, it } from 'vitest';
import { collectBuffers } from '../../src/sidecar/garbage.js';

let collect: (options?: { readonly type: 'minor' }) => void;
let young = 0;
let all = 0;

beforeAll(() => {
  setFlagsFromString('--expose-gc');
  // V8's own would come to it too, some seconds later.
  setFlagsFromString('--no-memory-reducer');
  collect = runInNewContext('gc');
  globalThis.gc = ((options?: { readonly type: 'minor' }) => {
    if (options?.type === 'minor') young += 1;
    else all += 1;
    collect(options);
  }) as typeof globalThis.gc;
  collectBuffers();
});

const registry = new FinalizationRegistry<() => void>((tell) => tell());

/**
 * Makes what outlived two collections of young objects, so that another of these leaves it where it is, and is garbage
 * then; answers when it is gone. To look at it meanwhile would keep it.
 */
function oldGarbage(): Promise<void> {
  const kept = { objects: Array.from({ length: 1_000_000 }, () => ({})) };
  collect({ type: 'minor' });
  collect({ type: 'minor' });
  return new Promise((resolve) => registry.register(kept, resolve));
}

it('gives back what is left once nothing goes on any more, but not by force', async () => {
  await oldGarbage();
  // It would throw away optimized code.
  expect(all).toBe(0);
}, 15_000);

it('collects the young while buffers come and go', async () => {
  const before = young;
  for (let count = 0; count < 5000 && young === before; count += 1) {
    Buffer.alloc(2 * 1024 * 1024);
    await pause(1);
  }
  expect(young).toBeGreaterThan(before);
}, 15_000);
