import { expect, test } from 'vitest';
import { createCleanLines } from '../../../src/sidecar/inbound/clean-lines.js';

test('a line is known by its name and its value', () => {
  const lines = createCleanLines();
  lines.add('server', 'a');
  lines.add('via', 'b');
  expect(lines.has('server', 'a')).toBe(true);
  expect(lines.has('server', 'b')).toBe(false);
  expect(lines.has('serve', 'ra')).toBe(false);
  expect(lines.has('Server', 'a')).toBe(false);
});

test('a long line is not remembered', () => {
  const lines = createCleanLines();
  lines.add('etag', 'x'.repeat(1000));
  expect(lines.has('etag', 'x'.repeat(1000))).toBe(false);
});

test('lines that never come again do not pile up', () => {
  const lines = createCleanLines();
  const ids = Array.from({ length: 10_000 }, (_, index) => `id-${index}`);
  for (const id of ids) lines.add('x-request-id', id);
  for (const id of ids) lines.add(id, '');
  const kept = ids.filter((id) => lines.has('x-request-id', id) || lines.has(id, ''));
  expect(kept.length).toBeLessThanOrEqual(512);
  expect(lines.has('id-9999', '')).toBe(true);
});
