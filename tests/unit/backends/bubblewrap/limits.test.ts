import { expect, it } from 'vitest';
import { limitsOf, tellUnenforced } from '../../../../src/backends/bubblewrap/limits.js';

const resources = { memory: 2 ** 30, cpus: 2, pids: 64 };
const told = (given: Parameters<typeof tellUnenforced>[0]) => {
  const lines: string[] = [];
  tellUnenforced(given, (line) => lines.push(line));
  return lines.join('\n');
};

it('holds what the manifest says, by process', () => {
  expect(limitsOf({ resources })).toEqual(['--nproc=64:64', '--data=1073741824:1073741824', '--core=0:0']);
});

it('has limits where the manifest says nothing, and tells nothing', () => {
  const resources = { memory: null, cpus: null, pids: null };
  expect(limitsOf({ resources })).toEqual(limitsOf({}));
  expect(limitsOf({})).toContain('--nproc=4096:4096');
  expect(told({ resources })).toBe('');
});

it('says what is not held as a whole', () => {
  expect(told({ resources })).toMatch(/memory.*each process.*\n.*cpus.*not enforced/);
  expect(told({ resources: { ...resources, cpus: null } })).not.toContain('cpus');
});
