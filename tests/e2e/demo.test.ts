import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { processes } from '../../src/host/processes.js';
import { cli, runBuilt } from '../support/built-command.js';
import { hasProgram, needs } from '../support/needs.js';

needs('bwrap', hasProgram('bwrap'), 'the demo', () => {
  it('comes out as it should, and says where the time went', async () => {
    const { exitCode, stdout } = await runBuilt(['demo', '--backend', 'bubblewrap'], { timeout: 100_000 });
    expect(stdout).toContain('All of it came out as it should.');
    expect(stdout.match(/as it should {2}/g)).toHaveLength(5);
    expect(stdout).toMatch(/First instruction of the agent \d+ ms after the command line/);
    expect(stdout).toContain('sidecar ready');
    expect(exitCode).toBe(0);
  });

  it('takes its bottle and its folder away when its reader leaves', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'demo-reader-'));
    try {
      const script = 'set -o pipefail; "$@" | head -1; echo $?';
      const { stdout, stderr } = await processes.run(
        'bash',
        ['-c', script, 'reader', process.execPath, cli, 'demo', '--backend', 'bubblewrap'],
        { environment: { ...process.env, TMPDIR: folder }, timeout: 100_000 },
      );
      expect(stdout).toMatch(/^A bottle for the demo agent; .*\n141\n$/);
      expect(stderr).toBe('');
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
