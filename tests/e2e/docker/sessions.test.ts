import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Playground } from '../../support/bottles.js';
import { runOurs } from '../../support/command-line.js';
import { makeDockerPlayground } from '../../support/docker-bottles.js';
import { findEngine, leftovers, type TestEngine } from '../../support/engine.js';
import { needs } from '../../support/needs.js';

const found = await findEngine();
const bottle = 'egress: {routes: []}\n';

needs('docker engine', found !== null, 'sessions in a Docker bottle', () => {
  const engine = found as TestEngine;
  let playground: Playground;
  beforeAll(() => {
    playground = makeDockerPlayground(engine, engine.member, bottle);
  });
  afterAll(async () => {
    playground.remove();
    expect(await leftovers(engine, [])).toEqual([]);
  });

  const ours = (...args: string[]) => runOurs(playground, ...args);

  it('passes input, both outputs and the exit code on', async () => {
    const script = 'cat; echo to-error >&2; exit 37';
    const { code, stdout, stderr } = await playground.run(['sh', '-c', script], {
      input: 'from-input\n',
    });
    expect({ code, stdout }).toEqual({ code: 37, stdout: 'from-input\n' });
    expect(stderr).toContain('to-error\n');
  });

  it('passes a megabyte through unharmed', async () => {
    const { code, stdout } = await playground.run(['cat'], { input: 'x'.repeat(1_000_000) });
    expect({ code, length: stdout.length }).toEqual({ code: 0, length: 1_000_000 });
  });

  it('passes 32 MB of output on to a slow reader, and input that ends late', async () => {
    const script = 'head -c 33554432 /dev/zero | tr "\\0" x; cat';
    const started = playground.start(['sh', '-c', script]);
    started.process.stdout?.pause();
    await new Promise((resolve) => started.process.stdout?.once('readable', resolve));
    started.process.stdin?.end('end of input');
    started.process.stdout?.resume();
    const { code, stdout } = await started.finished;
    expect({ code, length: stdout.length, tail: stdout.slice(-13) }).toEqual({
      code: 0,
      length: 33_554_432 + 12,
      tail: 'xend of input',
    });
  });

  it('a reader that leaves ends neither the bottle in disorder nor the command line', async () => {
    const { stdout } = await playground.runThroughShell('"$@" | head -1', '-', ['sh', '-c', 'yes']);
    expect(stdout).toBe('y\n');
    expect(await leftovers(engine, [])).toEqual([]);
  });

  it('a command that is not in the image ends with 127', async () => {
    const { code } = await playground.run(['no-such-program']);
    expect(code).toBe(127);
  });

  it('what the agent writes is the operator’s, on the workspace and nowhere else', async () => {
    const script =
      'echo mine > file; touch /usr/x /etc/x /x 2>/dev/null; echo $?; touch /tmp/ok ~/ok && echo written';
    const { stdout } = await playground.run(['sh', '-c', script]);
    expect(stdout).toBe('1\nwritten\n');
    expect(statSync(join(playground.workspace, 'file')).uid).toBe(engine.member.uid);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s ends the agent and takes the bottle down',
    async (signal) => {
      const started = playground.start(['sh', '-c', 'echo up; exec sleep 300']);
      await started.seen('up');
      started.process.kill(signal);
      const { code } = await started.finished;
      expect(code).toBe({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal]);
      expect(await leftovers(engine, [])).toEqual([]);
    },
  );

  it('ps, exec, logs and stop find the bottle from another process', async () => {
    const started = playground.start(['sh', '-c', 'echo up; exec sleep 300']);
    await started.seen('up');
    const [listed] = JSON.parse((await ours('ps', '--json')).stdout);
    expect(listed).toMatchObject({
      agent: 'e2e',
      state: 'running',
      backend: 'docker',
      workspace: playground.workspace,
    });
    expect(await ours('exec', listed.id, 'sh', '-c', 'id -u; exit 5')).toMatchObject({
      code: 5,
      stdout: `${engine.member.uid}\n`,
    });
    expect(await ours('logs', listed.id)).toMatchObject({ code: 0, stdout: 'up\n' });
    const follower = ours('logs', '--follow', listed.id);
    expect(await ours('diff', listed.id)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('works on the workspace itself'),
    });
    expect(await ours('prune')).toMatchObject({ code: 0, stdout: 'nothing to prune\n' });
    expect(await ours('stop', listed.id)).toMatchObject({ code: 0 });
    expect(await follower).toMatchObject({ code: 0, stdout: 'up\n' });
    expect((await started.finished).code).toBe(143);
    expect((await ours('ps')).stdout).toMatch(/^no bottle of docker; /);
  });

  it('a copied workspace stays as it is, and its changes come out as a patch', async () => {
    playground.write('kept.txt', 'before\n');
    const { code, stderr } = await playground.run(['sh', '-c', 'echo after > kept.txt; echo new > new.txt'], {
      options: ['--workspace-mode', 'copy'],
    });
    expect(code, stderr).toBe(0);
    const name = /bot-bottle diff (\S+)/.exec(stderr)?.[1] ?? '';
    const { stdout } = await ours('diff', name);
    expect(stdout).toContain('-before\n+after\n');
    expect(stdout).toContain('+++ b/new.txt\n');
    expect(existsSync(join(playground.workspace, 'new.txt'))).toBe(false);
    expect(readFileSync(join(playground.workspace, 'kept.txt'), 'utf8')).toBe('before\n');
  });

  it('an engine on another machine is refused for a mounted workspace', async () => {
    const { code, stderr } = await playground.run(['true'], {
      environment: { DOCKER_HOST: 'tcp://127.0.0.1:1' },
    });
    expect(code).toBe(2);
    expect(stderr).toContain('on another machine');
    expect(stderr).toContain('--workspace-mode copy');
  });

  it('twenty bottles start, work and stop side by side and leave nothing', async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        playground.run(['sh', '-c', `echo bottle ${index}; exit ${index}`]),
      ),
    );
    for (const [index, { code, stdout, stderr }] of results.entries())
      expect([code, stdout], stderr).toEqual([index, `bottle ${index}\n`]);
    expect(await leftovers(engine, [])).toEqual([]);
  });
});
