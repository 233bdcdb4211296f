import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Bench, runAttack } from '../../support/bottle-suite.js';

/** Files by which another user of this machine would act as the workspace's owner. */
export function attackTheModes(bench: Bench): void {
  it('no set-user-ID or set-group-ID file can be left in the workspace', async () => {
    const playground = bench.another();
    const { ordinary, succeeded } = await runAttack({ playground }, 'setid');
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
    const { workspace } = playground;
    const names = readdirSync(workspace, { recursive: true }) as string[];
    expect(names.filter((name) => name.startsWith('setid-755-')).length).toBeGreaterThan(10);
    const withBits = names.filter((name) => (lstatSync(join(workspace, name)).mode & 0o6000) !== 0);
    expect(withBits).toEqual([]);
  });
}
