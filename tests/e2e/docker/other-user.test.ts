import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { builtProgram, makeDockerPlayground } from '../../support/docker-bottles.js';
import { findEngine, type TestEngine } from '../../support/engine.js';
import { hasProgram, needs, runsAsRoot } from '../../support/needs.js';

const found = await findEngine();
/** A machine on which users don't see each other's processes. */
const hiding = 'mount -t proc -o hidepid=2 proc /proc && exec setpriv --reuid=1548 --clear-groups "$@"';

needs('docker engine', found !== null, 'a bottle of another user’s', () => {
  const engine = found as TestEngine;

  needs('root', runsAsRoot && hasProgram('unshare'), 'whose processes are hidden', () => {
    it('is not taken for abandoned', async () => {
      const playground = makeDockerPlayground(engine, engine.member, 'egress: {routes: []}\n');
      const bottle = playground.start(['sh', '-c', 'echo up; exec sleep 300']);
      try {
        await bottle.seen('up');
        const program = [`--regid=${engine.member.gid}`, builtProgram.node, builtProgram.cli];
        const { status, stdout, stderr } = spawnSync(
          'unshare',
          ['--mount', 'sh', '-c', hiding, 'sh', ...program, 'prune', '--dry-run', '--json'],
          {
            // One of his own: another user's folder of sockets is refused.
            env: { ...playground.environment, HOME: '/nonexistent', XDG_RUNTIME_DIR: '' },
            encoding: 'utf8',
          },
        );
        expect(status, stderr).toBe(0);
        expect(JSON.parse(stdout).bottles).toEqual([]);
      } finally {
        bottle.process.kill('SIGTERM');
        await bottle.finished;
        playground.remove();
      }
    });
  });
});
