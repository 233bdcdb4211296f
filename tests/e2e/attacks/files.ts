import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Bench } from '../../support/bottle-suite.js';
import { give, secretToken } from '../../support/bottles.js';

/** The host's files, by what is handed on and by what leads out of the workspace. */
export function attackTheFiles(bench: Bench): void {
  it('descriptors that the caller left open do not reach the agent', async () => {
    const secretFile = join(bench.playground.folder, 'open-file');
    writeFileSync(secretFile, secretToken);
    give(bench.playground.folder, bench.operator);
    give(bench.playground.workspace, bench.playground.owner);
    const { stdout } = await bench.playground.runThroughShell(
      'exec 9<"$0" 47<"$0" 200<"$0"; exec "$@"',
      secretFile,
      ['sh', '-c', 'ls /proc/self/fd; cat <&9; timeout 2 cat /proc/self/fd/*'],
    );
    expect(stdout).not.toContain(secretToken);
    expect(stdout.split('\n').slice(0, 3)).toEqual(['0', '1', '2']);
  });

  it('a file given as standard input can’t be written through it, nor a folder entered', async () => {
    const file = join(bench.playground.folder, 'input');
    writeFileSync(file, 'given\n');
    give(bench.playground.folder, bench.operator);
    give(bench.playground.workspace, bench.playground.owner);
    const attack = 'cat; echo x >>/proc/self/fd/0; cd /proc/self/fd/0 && ls; echo done';
    const run = async (input: string) =>
      (await bench.playground.runThroughShell('exec "$@" <"$0"', input, ['sh', '-c', attack])).stdout;
    expect(await run(file)).toBe('given\ndone\n');
    expect(readFileSync(file, 'utf8')).toBe('given\n');
    expect(await run(bench.playground.folder)).not.toContain('workspace');
  });

  it('a symbolic link does not lead out of the workspace', async () => {
    const outside = join(bench.playground.folder, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'secret'), secretToken);
    symlinkSync(outside, join(bench.playground.workspace, 'out'));
    symlinkSync('../outside', join(bench.playground.workspace, 'up'));
    give(bench.playground.folder, bench.operator);
    give(bench.playground.workspace, bench.playground.owner);
    const { stdout } = await bench.playground.run([
      'sh',
      '-c',
      'cat out/secret up/secret ../outside/secret; ln -s / root; cat root/etc/shadow root/root/.ssh/*; echo x >out/x; echo done',
    ]);
    expect(stdout).toBe('done\n');
    expect(readdirSync(outside)).toEqual(['secret']);
  });
}
