import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeDockerPlayground } from '../../support/docker-bottles.js';
import { findEngine, leftovers, type TestEngine } from '../../support/engine.js';
import { needs, runsAsRoot } from '../../support/needs.js';

const found = await findEngine();
const root = { name: 'root', uid: 0, gid: 0, part: 'Linux', present: true } as const;

needs('docker engine and root', found !== null && runsAsRoot, 'a Docker bottle that root starts', () => {
  const engine = found as TestEngine;

  it('is refused on a folder of root’s with what to do, and works on a copy of it', async () => {
    const playground = makeDockerPlayground(engine, root, 'egress: {routes: []}\n');
    const before = await leftovers(engine, []);
    const workspace = mkdtempSync(join(tmpdir(), 'root-workspace-'));
    try {
      writeFileSync(join(workspace, 'file'), 'root’s\n', { mode: 0o600 });
      const refused = await playground.run(['true'], { workspace });
      expect(refused.code).toBe(2);
      expect(refused.stderr).toMatch(/the workspace is root's[\s\S]*--workspace-mode copy/);
      expect(await leftovers(engine, [])).toEqual(before);
      const script = 'id -u && cat /workspace/file && echo more >> /workspace/file && cat /workspace/file';
      const [node, ...line] = playground.commandLine(['sh', '-c', script]);
      const at = line.indexOf('--workspace');
      const copied = [
        ...line.slice(0, at),
        '--workspace-mode',
        'copy',
        '--workspace',
        workspace,
        ...line.slice(at + 2),
      ];
      const result = await playground.runThroughShell(
        `export BOT_BOTTLE_BACKEND=docker DOCKER_HOST=${engine.address}; exec "$0" ${copied.map((one) => `'${one}'`).join(' ')}`,
        node,
        [],
      );
      expect(result.stdout, result.stderr).toBe('65530\nroot’s\nroot’s\nmore\n');
      expect(readdirSync(workspace)).toEqual(['file']);
    } finally {
      playground.remove();
      rmSync(workspace, { recursive: true, force: true });
    }
  });

  it('runs as the owner of a folder that is an ordinary user’s', async () => {
    const playground = makeDockerPlayground(engine, engine.member, 'egress: {routes: []}\n');
    const asRoot = makeDockerPlayground(engine, root, 'egress: {routes: []}\n');
    try {
      const script = 'id -u; echo written > /workspace/by-agent; stat -c %u /workspace/by-agent';
      const { stdout, stderr } = await asRoot.run(['sh', '-c', script], {
        workspace: playground.workspace,
      });
      expect(stdout, stderr).toBe(`${engine.member.uid}\n${engine.member.uid}\n`);
    } finally {
      asRoot.remove();
      playground.remove();
    }
  });
});
