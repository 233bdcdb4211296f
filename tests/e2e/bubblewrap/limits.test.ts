import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bottleSuite } from '../../support/bottle-suite.js';

const bottle = '---\nresources: {memory: 256m, cpus: 1, pids: 64}\negress: {routes: []}\n---\n';
const greedy = `
import os
try:
    bytearray(300 << 20)
    print("held")
except MemoryError:
    print("refused")
children = []
try:
    for _ in range(100):
        child = os.fork()
        if child == 0:
            os.read(0, 1)
            os._exit(0)
        children.append(child)
except BlockingIOError:
    print("stopped", len(children) < 64)
for child in children: os.kill(child, 9)
`;

bottleSuite("a manifest's limits in a bubblewrap bottle", (bench) => {
  it('hold each process to its memory and all to their number, and say what is not held', async () => {
    writeFileSync(join(bench.playground.folder, 'home/bottles/e2e.md'), bottle);
    const { stdout, stderr, code } = await bench.playground.run(['python3', '-c', greedy]);
    expect([stdout, code], stderr).toEqual(['refused\nstopped True\n', 0]);
    expect(stderr).toMatch(/resources\.memory: .*each process[\s\S]*resources\.cpus: not enforced/);
  });
});
