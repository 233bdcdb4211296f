import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Playground } from '../../support/bottles.js';
import { makeDockerPlayground } from '../../support/docker-bottles.js';
import { findEngine, leftovers, type TestEngine } from '../../support/engine.js';
import { needs } from '../../support/needs.js';

const found = await findEngine();
const bottle = `agent_provider: {dockerfile: image/Dockerfile}
resources: {memory: 192m, cpus: 0.5, pids: 64}
egress: {routes: []}
`;
/** It is in the image that the tests' engine always has. */
const base = 'FROM debian:trixie-slim\nCOPY said.txt /said.txt\n';

needs('docker engine', found !== null, "a bottle's own image", () => {
  const engine = found as TestEngine;
  let playground: Playground;
  let before: string[];

  const write = (dockerfile: string, said: string) => {
    const folder = join(playground.home, 'bottles/image');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'Dockerfile'), dockerfile);
    writeFileSync(join(folder, 'said.txt'), said);
    writeFileSync(join(folder, '.dockerignore'), 'notes\n');
  };
  const images = async () => {
    const own = await engine.docker.listImages({ all: true });
    return own.map(({ Id }) => Id).sort();
  };
  const containers = async () =>
    (await engine.docker.listContainers({ all: true })).map(({ Id }) => Id).sort();

  beforeAll(async () => {
    before = await leftovers(engine, []);
    playground = makeDockerPlayground(engine, engine.member, bottle, { BOT_BOTTLE_RUNTIME: 'runc' });
  });
  afterAll(async () => {
    playground.remove();
    for (const { Id, RepoTags } of await engine.docker.listImages())
      if (RepoTags?.some((tag) => tag.startsWith('bot-bottle/own:')))
        await engine.docker.getImage(Id).remove({ force: true });
  });

  it('is built once with its steps told, used again as long as nothing changes, and built anew when it does', async () => {
    const said = randomUUID();
    write(base, said);
    const first = await playground.run(['cat', '/said.txt']);
    expect(first.stderr).toMatch(/building bot-bottle\/own:[0-9a-f]{12}\n.*Step 1\/3 : FROM/);
    expect([first.stdout, first.code]).toEqual([said, 0]);
    writeFileSync(join(playground.home, 'bottles/image/notes'), 'ignored');
    const again = await playground.run(['cat', '/said.txt']);
    expect([again.stdout, again.stderr, again.code]).toEqual([said, '', 0]);
    write(base, 'second');
    const changed = await playground.run(['cat', '/said.txt']);
    expect(changed.stderr).toContain('building');
    expect(changed.stdout).toBe('second');
  });

  it('runs within the limits of the manifest', async () => {
    const looked = playground.start(['sh', '-c', 'echo up; read line']);
    await looked.seen('up');
    const [{ Id = '' } = {}] = await engine.docker.listContainers({
      filters: JSON.stringify({ label: ['bot-bottle.role=agent'] }),
    });
    const { HostConfig } = await engine.docker.getContainer(Id).inspect();
    expect(HostConfig).toMatchObject({ Memory: 192 * 2 ** 20, NanoCpus: 5e8, PidsLimit: 64 });
    looked.process.stdin?.end('\n');
    expect((await looked.finished).code).toBe(0);
  });

  it('that can’t be built says which step failed and shows its log, and leaves nothing', async () => {
    write(`${base}RUN echo a line of the log && cat /there-is-no-such-file\n`, 'third');
    const [imagesBefore, containersBefore] = [await images(), await containers()];
    const { code, stderr } = await playground.run(['true']);
    expect(code).toBe(125);
    expect(stderr).toMatch(/Step 3\/4 : RUN echo a line/);
    expect(stderr).toMatch(/could not be built[\s\S]*a line of the log[\s\S]*there-is-no-such-file/);
    expect(await containers()).toEqual(containersBefore);
    expect(await leftovers(engine, [])).toEqual(before);
    // The layer of the step before is the engine's cache for the next attempt.
    expect((await images()).length - imagesBefore.length).toBeLessThanOrEqual(1);
  });

  it('whose build is interrupted leaves no container and no image', async () => {
    write(`${base}RUN echo sleeping && sleep 30\n`, randomUUID());
    const [imagesBefore, containersBefore] = [await images(), await containers()];
    const started = playground.start(['true']);
    await new Promise<void>((resolve, reject) => {
      let told = '';
      started.process.stderr?.on('data', (chunk: Buffer) => {
        told += chunk.toString();
        if (told.includes('Step 3/4')) resolve();
      });
      started.finished.then(() => reject(new Error(`ended: ${told}`)));
    });
    started.process.kill('SIGINT');
    expect((await started.finished).code).toBe(130);
    // The engine ends the step a moment after it lost who asked for it.
    await expect.poll(containers, { timeout: 20_000 }).toEqual(containersBefore);
    await expect
      .poll(async () => (await images()).length, { timeout: 5_000 })
      .toBeLessThanOrEqual(imagesBefore.length + 1);
  });
});
