import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { clearSetId } from '../../../src/workspace/set-id.js';
import { give } from '../../support/bottles.js';
import { runsAsRoot } from '../../support/needs.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'set-id-'));
  mkdirSync(join(folder, 'workspace'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(path: string, mode: number): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, '');
  // As an ordinary user's, where root runs the tests: what chown clears is set afterwards.
  if (runsAsRoot) give(join(folder, 'workspace'), { uid: 1547, gid: 1547 });
  chmodSync(file, mode);
  return file;
}
const modeOf = (path: string) => (lstatSync(join(folder, path)).mode & 0o7777).toString(8);

it('takes the bits off what was changed since, however deep and closed, and off nothing else', () => {
  const deep = `workspace/${'d/'.repeat(50)}deep`;
  program('outside', 0o4755);
  symlinkSync('../outside', join(folder, 'workspace/link'));
  program('workspace/plain', 0o1755);
  program('workspace/closed/inner', 0o2755);
  program(deep, 0o6711);
  program('workspace/user', 0o4755);
  chmodSync(join(folder, 'workspace/closed/inner'), 0o2755);
  chmodSync(join(folder, deep), 0o6711);
  chmodSync(join(folder, 'workspace/closed'), 0);
  const { cleared, unseen } = clearSetId(join(folder, 'workspace'), Date.now() - 60_000);
  expect([[...cleared].sort(), unseen]).toEqual([['closed/inner', `${'d/'.repeat(50)}deep`, 'user'], 0]);
  expect([modeOf('workspace/user'), modeOf(deep), modeOf('workspace/plain')]).toEqual(['755', '711', '1755']);
  expect(modeOf('outside')).toBe('4755');
});

it('leaves what was there before', () => {
  program('workspace/user', 0o4755);
  expect(clearSetId(join(folder, 'workspace'), Date.now() + 60_000).cleared).toEqual([]);
  expect(modeOf('workspace/user')).toBe('4755');
});
