import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type Playground, until } from '../../support/bottles.js';
import { runOurs } from '../../support/command-line.js';
import { makeDockerPlayground } from '../../support/docker-bottles.js';
import { everythingAt, findEngine, type TestEngine } from '../../support/engine.js';
import { randomOf } from '../../support/fuzzing.js';
import { needs } from '../../support/needs.js';

const found = await findEngine();
const kills = 10;
const seed = Number(process.env['BOT_BOTTLE_SEED'] ?? Date.now() % 1_000_000);

needs('docker engine', found !== null, 'a command line that is killed', () => {
  const engine = found as TestEngine;

  it(`at ${kills} moments of a start, the build of its image too, leaves nothing that prune doesn’t take away`, async () => {
    const bottle = 'agent_provider: {dockerfile: image/Dockerfile}\negress: {routes: []}\n';
    const playground = makeDockerPlayground(engine, engine.member, bottle);
    const folders = [playground.workspace, playground.runtime];
    const random = randomOf(seed);
    try {
      // The images of ours are built, and the folders that stay are made, by a start that runs to its end.
      writeImage(playground, 'one that stays');
      expect((await playground.run(['true'])).code).toBe(0);
      const span = await durationOfStart(playground);
      const before = await everythingAt(engine, folders);
      const workspaceBefore = readdirSync(playground.workspace);
      let leftSomething = 0;
      let during = 0;
      for (let index = 0; index < kills; index += 1) {
        writeImage(playground, `of start ${seed} ${index}`);
        const started = playground.start(['sleep', '300']);
        // One moment in each tenth of the span, so that every stage is met.
        await wait(((index + random()) * span) / kills);
        started.process.kill('SIGKILL');
        const { stderr } = await started.finished;
        if (stderr.includes('building')) during += 1;
        if ((await everythingAt(engine, folders)).length > before.length) leftSomething += 1;
        // What the engine was asked for before the kill it still makes.
        await until(`everything is as before kill ${index} of BOT_BOTTLE_SEED=${seed}`, async () => {
          const { code, stderr: said } = await runOurs(playground, 'prune');
          return code === 0 && said === '' && isEqual(await everythingAt(engine, folders), before);
        });
      }
      expect(leftSomething).toBeGreaterThan(0);
      expect(during).toBeGreaterThan(0);
      expect(readdirSync(playground.workspace)).toEqual(workspaceBefore);
    } finally {
      await removeOwnImages(engine);
      playground.remove();
    }
  });

  it('leaves an agent that still can’t write what is protected, whoever starts next', async () => {
    const playground = makeDockerPlayground(engine, engine.member, 'egress: {routes: []}\n');
    try {
      const victim = playground.start(['sh', '-c', 'echo up; exec sleep 300']);
      await victim.seen('up');
      victim.process.kill('SIGKILL');
      await victim.finished;
      const [{ id }] = JSON.parse((await runOurs(playground, 'ps', '--json')).stdout);
      expect((await playground.run(['true'])).code).toBe(0);
      const attempt = await runOurs(
        playground,
        'exec',
        id,
        'sh',
        '-c',
        'touch own; echo evil > .envrc; mkdir -p .git; echo > .git/config',
      );
      expect(attempt.stderr).toMatch(/\.envrc: Read-only.*\.git\/config: Read-only/s);
      await runOurs(playground, 'prune');
      expect(readdirSync(playground.workspace).sort()).toEqual(['attacks', 'own']);
    } finally {
      await runOurs(playground, 'prune');
      playground.remove();
    }
  });

  it('leaves other bottles alone', async () => {
    const playground = makeDockerPlayground(engine, engine.member, 'egress: {routes: []}\n');
    const survivor = playground.start(['sh', '-c', 'echo up; read line; echo "$line"']);
    try {
      await survivor.seen('up');
      const victim = playground.start(['sh', '-c', 'echo up; exec sleep 300']);
      await victim.seen('up');
      victim.process.kill('SIGKILL');
      await victim.finished;
      const { stdout } = await runOurs(playground, 'prune', '--json');
      expect(JSON.parse(stdout).bottles).toHaveLength(1);
      survivor.process.stdin?.end('still here\n');
      expect((await survivor.finished).stdout).toBe('up\nstill here\n');
    } finally {
      survivor.process.kill('SIGTERM');
      playground.remove();
    }
  });
});

/** Another image for each start, so that each builds. */
function writeImage({ home }: Playground, content: string): void {
  mkdirSync(join(home, 'bottles/image'), { recursive: true });
  const steps = `RUN echo ${content} >/said && sleep 0.3\nRUN cat /said`;
  writeFileSync(join(home, 'bottles/image/Dockerfile'), `FROM debian:trixie-slim\n${steps}\n`);
}

/** Milliseconds of a start that builds its image, to its agent's first word. */
async function durationOfStart(playground: Playground): Promise<number> {
  writeImage(playground, 'one that is timed');
  const before = performance.now();
  const started = playground.start(['sh', '-c', 'echo up; exec sleep 300']);
  await started.seen('up');
  const duration = performance.now() - before;
  started.process.kill('SIGTERM');
  await started.finished;
  return duration;
}

function isEqual(one: readonly string[], other: readonly string[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

async function removeOwnImages({ docker }: TestEngine): Promise<void> {
  const images = await docker.listImages({ filters: JSON.stringify({ reference: ['bot-bottle/own'] }) });
  for (const { Id } of images) await docker.getImage(Id).remove({ force: true });
}
