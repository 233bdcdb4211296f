import { expect, test } from 'vitest';
import { createPieceQueue } from '../../../src/sidecar/piece-queue.js';

function drained(queue: ReturnType<typeof createPieceQueue>): Buffer[] {
  const pieces: Buffer[] = [];
  for (let piece = queue.take(); piece; piece = queue.take()) pieces.push(piece);
  return pieces;
}

test('a hundred thousand chunks of one byte become two pieces, in order', () => {
  const queue = createPieceQueue();
  const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));
  for (let at = 0; at < bytes.length; at += 1) queue.append(bytes.subarray(at, at + 1));
  expect(queue.size()).toBe(100_000);
  const pieces = drained(queue);
  expect(pieces).toHaveLength(2);
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
});

test('a chunk of four kilobytes or more stays the same bytes, between small ones too', () => {
  const queue = createPieceQueue();
  const long = Buffer.alloc(4096, 'long');
  const parts = ['a', 'b', long, 'c', long, long, 'd'].map((part) => Buffer.from(part));
  parts[2] = long;
  for (const part of parts) queue.append(part);
  const pieces = drained(queue);
  expect(pieces).toHaveLength(6);
  expect(pieces[1]).toBe(long);
  expect(Buffer.concat(pieces).equals(Buffer.concat(parts))).toBe(true);
});

test.each([1, 3, 700, 4095, 4096, 70_000])('what chunks of %i bytes take is told, and given back', (size) => {
  const queue = createPieceQueue();
  let given = 0;
  let taken = 0;
  for (let index = 0; index < 300; index += 1) {
    queue.append(Buffer.alloc(size, index));
    given += size;
    // By turns, so that pieces are closed half full.
    if (index % 7 === 6) taken += queue.take()?.length ?? 0;
    expect(queue.size()).toBe(given - taken);
    expect(queue.memory()).toBeGreaterThanOrEqual(queue.size());
    expect(queue.memory()).toBeLessThanOrEqual(2 * queue.size());
  }
  for (const piece of drained(queue)) taken += piece.length;
  expect([taken, queue.size(), queue.memory(), queue.take()]).toEqual([given, 0, 0, null]);
});
