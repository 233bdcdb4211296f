import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeDockerPlayground } from '../../support/docker-bottles.js';
import { findEngine, type TestEngine } from '../../support/engine.js';
import { needs } from '../../support/needs.js';

const found = await findEngine();

needs('docker engine', found !== null, 'a bottle that draws the name of one that runs', () => {
  const engine = found as TestEngine;

  it('leaves that one and its placeholders alone', async () => {
    const playground = makeDockerPlayground(engine, engine.member, 'egress: {routes: []}\n');
    const fixed = join(playground.folder, 'fixed.cjs');
    writeFileSync(
      fixed,
      `const crypto = require('node:crypto');
       const { randomBytes } = crypto;
       crypto.randomBytes = (size, ...rest) => (size === 2 ? Buffer.from('beef', 'hex') : randomBytes(size, ...rest));
       require('node:module').syncBuiltinESMExports();`,
    );
    const environment = { NODE_OPTIONS: `--require=${fixed}` };
    const first = playground.start(['sh', '-c', 'echo up; read line; echo "$line"'], { environment });
    try {
      await first.seen('up');
      const placeholders = readdirSync(playground.workspace);
      const mounted = await playground.run(['true'], { environment });
      expect(mounted).toMatchObject({ code: 125, stderr: expect.stringContaining('e2e-beef runs already') });
      expect(readdirSync(playground.workspace)).toEqual(placeholders);
      const [file, ...args] = playground.commandLine(['true']);
      args.splice(2, 0, '--workspace-mode', 'copy');
      const copied = spawnSync(file, args, {
        env: { ...playground.environment, ...environment },
        uid: engine.member.uid,
        gid: engine.member.gid,
      });
      expect(copied.status, String(copied.stderr)).toBe(125);
      first.process.stdin?.end('still here\n');
      expect((await first.finished).stdout).toBe('up\nstill here\n');
    } finally {
      first.process.kill('SIGTERM');
      playground.remove();
    }
  });
});
