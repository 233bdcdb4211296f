import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Bench } from '../../support/bottle-suite.js';

const forkBomb = `
import os, sys
children = 0
try:
    while children < 20000:
        if os.fork() == 0:
            import signal; signal.pause()
        children += 1
except OSError as error:
    print(children, error.errno)
sys.stdout.flush()
os.killpg(0, 9)
`;
/** Takes 16 MB at a time, and says so; never more than a gigabyte, should there be no limit. */
const memoryBomb = `
taken = []
for _ in range(64):
    taken.append(bytearray(b"x") * (16 << 20))
    print(len(taken) * 16, flush=True)
print("no limit")
`;
const megabytes = 128;

/** What an agent may use up: only of its own. */
export function attackTheLimits(bench: Bench): void {
  it('a fork bomb ends at the limit', async () => {
    const { stdout } = await bench.playground.run(['setsid', '-w', 'python3', '-c', forkBomb]);
    const [children, errno] = stdout.trim().split(' ').map(Number);
    expect(errno).toBe(11);
    expect(children).toBeLessThan(1100);
  });

  it('a memory bomb ends at the limit, and the bottle goes on', async () => {
    const playground = bench.another();
    const manifest = `---\nresources: {memory: ${megabytes}m}\negress: {routes: []}\n---\n`;
    writeFileSync(join(playground.home, 'bottles/e2e.md'), manifest);
    const script = `python3 -c '${memoryBomb}'; echo "ended with $?"`;
    const { code, stdout } = await playground.run(['sh', '-c', script]);
    expect(code, stdout).toBe(0);
    expect(stdout).toContain('ended with 137\n');
    const taken = stdout.match(/^\d+$/gm)?.map(Number) ?? [];
    expect(Math.max(...taken)).toBeGreaterThan(0);
    expect(Math.max(...taken)).toBeLessThan(megabytes);
  });
}
