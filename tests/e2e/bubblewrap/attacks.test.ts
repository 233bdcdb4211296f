import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bottleSuite, runAttack } from '../../support/bottle-suite.js';
import { attackTheFiles } from '../attacks/files.js';
import { attackTheNetwork } from '../attacks/network.js';
import { attackTheProtectedPaths } from '../attacks/protected-paths.js';
import { attackTheRights } from '../attacks/rights.js';

bottleSuite('attacks from inside a bubblewrap bottle', (bench) => {
  attackTheNetwork(bench);
  attackTheRights(bench);
  attackTheFiles(bench);
  attackTheProtectedPaths(bench);

  it('no set-user-ID or set-group-ID file can be left in the workspace', async () => {
    const { ordinary, succeeded } = await runAttack(bench, 'setid');
    expect(succeeded).toEqual([]);
    for (const way of [
      'os.chmod',
      'os.fchmod',
      'os.open',
      'os.open O_TMPFILE',
      'os.mkdir',
      'os.mknod',
      'chmod(1)',
    ])
      expect(ordinary).toContain(way);
    const { workspace } = bench.playground;
    const names = readdirSync(workspace, { recursive: true }) as string[];
    expect(names.filter((name) => name.startsWith('setid-755-')).length).toBeGreaterThan(10);
    const withBits = names.filter((name) => (lstatSync(join(workspace, name)).mode & 0o6000) !== 0);
    expect(withBits).toEqual([]);
    for (const name of names.filter((one) => one.startsWith('setid-')))
      rmSync(join(workspace, name), { recursive: true, force: true });
  });
});
