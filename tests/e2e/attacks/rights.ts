import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Bench, runAttack } from '../../support/bottle-suite.js';
import { secretToken } from '../../support/bottles.js';

const backwards = [...secretToken].reverse().join('');

/** What the agent may do to the kernel, and what it can find out. */
export function attackTheRights(bench: Bench): void {
  it('the kernel’s other ways out are closed and no right is left', async () => {
    const { succeeded, status } = await runAttack(bench, 'kernel');
    expect(succeeded.filter((name: string) => !bench.walls.leftOpen.includes(name))).toEqual([]);
    expect(status).toEqual({
      Uid: Array(4).fill(bench.walls.uid).join('\t'),
      CapEff: '0000000000000000',
      CapPrm: '0000000000000000',
      CapInh: '0000000000000000',
      CapAmb: '0000000000000000',
      NoNewPrivs: '1',
      Seccomp: bench.walls.seccomp,
    });
  });

  it('the secret is in no environment, no command line, no memory and no file', async () => {
    bench.playground.write('control.txt', `the search finds ${secretToken}\n`);
    const control = await runAttack(bench, 'secret', backwards);
    expect(control.found).toEqual(['/workspace/control.txt']);
    expect(control.looked.environments).toBeGreaterThan(1);
    expect(control.looked.memories).toBeGreaterThanOrEqual(bench.walls.memories);
    rmSync(join(bench.playground.workspace, 'control.txt'));
    expect((await runAttack(bench, 'secret', backwards)).found).toEqual([]);
  });

  it('processes of the host are not to be seen', async () => {
    const { stdout } = await bench.playground.run([
      'sh',
      '-c',
      'ls -d /proc/[0-9]* | wc -l; kill -9 -1; echo survived',
    ]);
    expect(Number(stdout.split('\n')[0])).toBeLessThan(8);
  });
}
