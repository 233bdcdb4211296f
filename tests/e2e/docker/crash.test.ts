import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { builtProgram, makeDockerPlayground } from '../../support/docker-bottles.js';
import { findEngine, leftovers, type TestEngine } from '../../support/engine.js';
import { needs } from '../../support/needs.js';

const found = await findEngine();
const kills = 10;
/** Milliseconds of a start within which it is killed; most starts are over by then. */
const span = 1500;

needs('docker engine', found !== null, 'a command line that is killed', () => {
  const engine = found as TestEngine;

  it(`at ${kills} moments of a start leaves nothing that prune doesn’t take away`, async () => {
    const playground = makeDockerPlayground(engine, engine.member, 'egress: {routes: []}\n');
    const folders = [playground.workspace, playground.runtime];
    const options = {
      env: { ...playground.environment, ...playground.dockerEnvironment },
      uid: engine.member.uid,
      gid: engine.member.gid,
      encoding: 'utf8',
    } as const;
    try {
      // Images are built, and the folders that stay are made, by a start that runs to its end.
      expect((await playground.runDocker(['true'])).code).toBe(0);
      const before = await leftovers(engine, folders);
      const workspaceBefore = readdirSync(playground.workspace);
      let leftSomething = 0;
      for (let index = 0; index < kills; index += 1) {
        const started = playground.startDocker(['sleep', '300']);
        // One moment in each tenth of the span, so that every stage is met.
        await wait(((index + Math.random()) * span) / kills);
        started.process.kill('SIGKILL');
        await started.finished;
        // What the engine was asked for before the kill it still makes.
        await wait(300);
        if ((await leftovers(engine, folders)).length > before.length) leftSomething += 1;
        const pruned = spawnSync(builtProgram.node, [builtProgram.cli, 'prune'], options);
        expect(pruned.status, pruned.stderr).toBe(0);
        expect(await leftovers(engine, folders)).toEqual(before);
      }
      expect(leftSomething).toBeGreaterThan(0);
      expect(readdirSync(playground.workspace)).toEqual(workspaceBefore);
    } finally {
      playground.remove();
    }
  }, 180_000);

  it('leaves an agent that still can’t write what is protected, whoever starts next', async () => {
    const playground = makeDockerPlayground(engine, engine.member, 'egress: {routes: []}\n');
    const options = {
      env: { ...playground.environment, ...playground.dockerEnvironment },
      uid: engine.member.uid,
      gid: engine.member.gid,
      encoding: 'utf8',
    } as const;
    const command = (...args: string[]) => spawnSync(builtProgram.node, [builtProgram.cli, ...args], options);
    try {
      const victim = playground.startDocker(['sh', '-c', 'echo up; exec sleep 300']);
      await victim.seen('up');
      victim.process.kill('SIGKILL');
      await victim.finished;
      const [{ id }] = JSON.parse(command('ps', '--json').stdout);
      expect((await playground.runDocker(['true'])).code).toBe(0);
      const attempt = command(
        'exec',
        id,
        'sh',
        '-c',
        'touch own; echo evil > .envrc; mkdir -p .git; echo > .git/config',
      );
      expect(attempt.stderr).toMatch(/\.envrc: Read-only.*\.git\/config: Read-only/s);
      command('prune');
      expect(readdirSync(playground.workspace).sort()).toEqual(['attacks', 'own']);
    } finally {
      command('prune');
      playground.remove();
    }
  });

  it('leaves other bottles alone', async () => {
    const playground = makeDockerPlayground(engine, engine.member, 'egress: {routes: []}\n');
    const survivor = playground.startDocker(['sh', '-c', 'echo up; read line; echo "$line"']);
    try {
      await survivor.seen('up');
      const victim = playground.startDocker(['sh', '-c', 'echo up; exec sleep 300']);
      await victim.seen('up');
      victim.process.kill('SIGKILL');
      await victim.finished;
      const { stdout } = spawnSync(builtProgram.node, [builtProgram.cli, 'prune', '--json'], {
        env: { ...playground.environment, ...playground.dockerEnvironment },
        uid: engine.member.uid,
        gid: engine.member.gid,
        encoding: 'utf8',
      });
      expect(JSON.parse(stdout).bottles).toHaveLength(1);
      survivor.process.stdin?.end('still here\n');
      expect((await survivor.finished).stdout).toBe('up\nstill here\n');
    } finally {
      survivor.process.kill('SIGTERM');
      playground.remove();
    }
  });
});
