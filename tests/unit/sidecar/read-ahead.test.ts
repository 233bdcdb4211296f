import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createReadAhead } from '../../../src/sidecar/read-ahead.js';

const megabyte = 1024 * 1024;

/** Pieces of so many bytes, each of its own number; `ended` tells that nobody wants more. */
function numbered(count: number, size = 1) {
  const source = { given: 0, ended: false, body: pieces() };
  async function* pieces(): AsyncGenerator<Buffer> {
    try {
      for (; source.given < count; ) {
        await turn();
        source.given += 1;
        yield Buffer.alloc(size, source.given);
      }
    } finally {
      source.ended = true;
    }
  }
  return source;
}

/** Resolves once nothing is read any more. */
async function untilStill(source: { readonly given: number }): Promise<void> {
  for (let [seen, still] = [-1, 0]; still < 10; still = seen === source.given ? still + 1 : 0) {
    seen = source.given;
    await turn();
  }
}

test('what is read on while something waits comes first, and all of it once', async () => {
  const held = { bytes: 0 };
  const source = numbered(250);
  const ahead = createReadAhead(source.body, held, 20);
  const seen: number[] = [];
  let pieces = 0;
  for await (const piece of ahead) {
    seen.push(...piece);
    pieces += 1;
    // Let go of while it reads, and while it has read much.
    if (pieces % 3 === 0) await ahead.during(turn());
    if (pieces % 5 === 0) await ahead.during(untilStill(source));
  }
  expect(seen).toEqual(Array.from({ length: 250 }, (_, index) => index + 1));
  expect(held.bytes).toBe(0);
  expect(pieces).toBeLessThan(250);
});

test('no more is read on than eight megabytes, nor than all may hold together', async () => {
  for (const [most, expected] of [
    [100 * megabyte, 8],
    [3 * megabyte, 3],
  ] as const) {
    const held = { bytes: 0 };
    const source = numbered(50, megabyte);
    const ahead = createReadAhead(source.body, held, most);
    await ahead.during(untilStill(source));
    expect(held.bytes).toBe(expected * megabyte);
    expect(source.given).toBe(expected);
    ahead.release();
    expect(held.bytes).toBe(0);
  }
});

test('the end of a client while something waits is told to whoever takes the next piece', async () => {
  async function* leaving(): AsyncGenerator<Buffer> {
    yield Buffer.from('a');
    throw new Error('the client left');
  }
  const held = { bytes: 0 };
  const ahead = createReadAhead(leaving(), held, 100);
  await ahead.during(turn());
  const seen: string[] = [];
  const taken = (async () => {
    for await (const piece of ahead) seen.push(piece.toString());
  })();
  await expect(taken).rejects.toThrow('the client left');
  expect([seen, held.bytes]).toEqual([['a'], 0]);
});

test('who takes no more lets go of all, though the next piece may never come', async () => {
  const source = numbered(3);
  const held = { bytes: 0 };
  const ahead = createReadAhead(source.body, held, 100);
  for await (const piece of ahead) {
    expect(piece[0]).toBe(1);
    await ahead.during(untilStill(source));
    break;
  }
  await turn();
  expect([source.ended, held.bytes]).toEqual([true, 0]);
});
