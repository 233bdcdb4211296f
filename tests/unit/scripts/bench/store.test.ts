import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BenchmarkRun, partOf, runOf } from '../../../support/benchmark-runs.js';
import { importScript } from '../../../support/scripts.js';

const { storeRun, storedRun } = await importScript<{
  storeRun: (root: string, run: BenchmarkRun) => string;
  storedRun: (root: string, like?: { quick: boolean }) => BenchmarkRun | null;
}>('bench/report/store.mjs');

const figures = { 'bot-bottle': { requests: 200 }, direct: { requests: 400 } };
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bench-store-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it.each([
  { field: 'quick', file: 'docs/benchmarks-quick.json' },
  { field: 'partial', file: '.cache/bench/benchmarks.json' },
])('a $field run leaves the stored table alone', ({ field, file }) => {
  storeRun(root, runOf(partOf(figures)));
  const before = readFileSync(join(root, 'docs/benchmarks.json'), 'utf8');
  const markdown = readFileSync(join(root, 'docs/benchmarks.md'), 'utf8');
  const run = runOf(partOf({ 'bot-bottle': { requests: 1 }, direct: { requests: 400 } }));
  expect(storeRun(root, { ...run, [field]: true })).toBe(join(root, file));
  expect(readFileSync(join(root, 'docs/benchmarks.json'), 'utf8')).toBe(before);
  expect(readFileSync(join(root, 'docs/benchmarks.md'), 'utf8')).toBe(markdown);
  expect(existsSync(join(root, file))).toBe(true);
});

it('quick runs have a table of their own, which a part of one leaves alone', () => {
  storeRun(root, runOf(partOf(figures)));
  expect(storedRun(root, { quick: true })).toBeNull();
  const quick = { ...runOf(partOf(figures), partOf(figures, { name: 'start' })), quick: true };
  storeRun(root, quick);
  storeRun(root, { ...runOf(partOf({ 'bot-bottle': { requests: 1 } })), quick: true, partial: true });
  expect(storedRun(root, { quick: true })).toEqual(quick);
  expect(storedRun(root)?.quick).toBe(false);
});

it('a run of one part takes the others from the stored table', () => {
  storeRun(root, runOf(partOf(figures), partOf(figures, { name: 'start' })));
  storeRun(root, runOf(partOf({ 'bot-bottle': { requests: 300 } }, { name: 'start' })));
  const parts = storedRun(root)?.parts ?? [];
  expect(parts.map(({ name }) => name)).toEqual(['proxy', 'start']);
  expect(JSON.stringify(parts[1])).toContain('300');
  expect(JSON.stringify(parts[0])).toContain('400');
});

it('what is there but cannot be read is no table', () => {
  expect(storedRun(root)).toBeNull();
  mkdirSync(join(root, 'docs'));
  writeFileSync(join(root, 'docs/benchmarks.json'), '{');
  expect(storedRun(root)).toBeNull();
});

it('the table has a line for each goal, and for a missed one what stands in its way', () => {
  const squid = {
    'bot-bottle': { requests: 100 },
    squid: { requests: 400 },
    'http-mitm-proxy tuned': { requests: 10 },
  };
  storeRun(root, runOf(partOf(squid)));
  const markdown = readFileSync(join(root, 'docs/benchmarks.md'), 'utf8');
  const lines = markdown.split('\n');
  const goal = "small requests a second, beside squid's ssl-bump without a scan";
  expect(lines).toContain(`| ${goal} | bot-bottle | 0.250 × | at least 1.2 × | missed |`);
  expect(markdown).toMatch(
    /\n- small requests a second, beside squid.* \(bot-bottle\): the proxy fills one core/,
  );
  expect(markdown).not.toContain('not looked into');
  expect(lines).toContain(
    '| small requests a second, beside http-mitm-proxy tuned | bot-bottle | 10.0 × | at least 3 × | met |',
  );
});
