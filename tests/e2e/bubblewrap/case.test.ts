import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bottleSuite } from '../../support/bottle-suite.js';
import { needs, runsAsRoot } from '../../support/needs.js';

needs('root', runsAsRoot, 'a workspace whose file system knows no case', () => {
  bottleSuite('in a bubblewrap bottle', (bench) => {
    it.each([
      ['.vscode', '.VSCODE'],
      ['.git/hooks', '.git/HOOKS'],
    ])('is refused: %s can be written as %s', (path, other) => {
      const { operator, playground } = bench;
      const { workspace, environment } = bench.another();
      const { uid, gid } = playground.owner;
      execFileSync('git', ['init', '-q'], { cwd: workspace, uid, gid, env: environment });
      for (const name of [path, other]) mkdirSync(join(workspace, name), { recursive: true });
      // One folder by two names, as such a file system has it; ends with the mount namespace.
      const script = `mount --bind ${path} ${other} && exec setpriv --reuid ${operator.uid} --regid ${operator.gid} --clear-groups "$@"`;
      const command = playground.commandLine(['echo', 'ran'], { workspace });
      const { status, stdout, stderr } = spawnSync(
        'unshare',
        ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', ...command],
        { cwd: workspace, env: environment, encoding: 'utf8' },
      );
      expect({ status, stdout }, stderr).toEqual({ status: 2, stdout: '' });
      expect(stderr).toContain("the workspace's file system takes");
    });
  });
});
