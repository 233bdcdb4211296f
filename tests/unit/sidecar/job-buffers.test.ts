import { expect, it } from 'vitest';
import { createJobBuffers } from '../../../src/sidecar/inspection/job-buffers.js';

const megabyte = 1024 * 1024;

it('hands out what came back to the next job of about the size', () => {
  const buffers = createJobBuffers();
  const first = buffers.take(900_000);
  expect(first.byteLength).toBeGreaterThanOrEqual(900_000);
  buffers.giveBack(first);
  expect(buffers.take(700_000)).toBe(first);
  expect(buffers.take(700_000)).not.toBe(first);
});

it.each([0, 1, 8192, 8193, 65_536, megabyte, 3 * megabyte])('has room for a job of %i bytes', (size) => {
  expect(createJobBuffers().take(size).byteLength).toBeGreaterThanOrEqual(size);
});

it('hands out nothing twice', () => {
  const buffers = createJobBuffers();
  buffers.giveBack(buffers.take(1));
  const out = [buffers.take(1), buffers.take(1), buffers.take(1)];
  expect(new Set(out).size).toBe(3);
});

it('keeps two megabytes at most', () => {
  const buffers = createJobBuffers();
  const out = Array.from({ length: 4 }, () => buffers.take(megabyte));
  for (const buffer of out) buffers.giveBack(buffer);
  const again = Array.from({ length: 4 }, () => buffers.take(megabyte));
  expect(again.filter((buffer) => out.includes(buffer))).toHaveLength(2);
});

it('does not take back what was given away', () => {
  const buffers = createJobBuffers();
  const gone = buffers.take(1);
  structuredClone(gone, { transfer: [gone] });
  buffers.giveBack(gone);
  expect(buffers.take(1).byteLength).toBeGreaterThan(0);
});
