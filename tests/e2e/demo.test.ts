import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { processes } from '../../src/host/processes.js';
import { hasProgram, needs } from '../support/needs.js';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

needs('bwrap', hasProgram('bwrap'), 'the demo', () => {
  it('comes out as it should, and says where the time went', async () => {
    const { exitCode, stdout } = await processes.run(
      process.execPath,
      [join(root, 'dist/cli.js'), 'demo', '--backend', 'bubblewrap'],
      { timeout: 100_000 },
    );
    expect(stdout).toContain('All of it came out as it should.');
    expect(stdout.match(/as it should {2}/g)).toHaveLength(5);
    expect(stdout).toMatch(/First instruction of the agent \d+ ms after the command line/);
    expect(stdout).toContain('sidecar ready');
    expect(exitCode).toBe(0);
  });
});
