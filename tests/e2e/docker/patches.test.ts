import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Playground } from '../../support/bottles.js';
import { builtProgram, makeDockerPlayground } from '../../support/docker-bottles.js';
import { findEngine, leftovers, type TestEngine } from '../../support/engine.js';
import { needs } from '../../support/needs.js';
import { drive } from '../../support/terminal.js';

const found = await findEngine();
/** Each of these once kept all that the agent had done from its operator, or changed it on the way. */
const work = `set -e
printf 'th\\351\\n' > latin-1
printf 'a\\033]0;title\\007b\\n' > steering
git init -q unborn; echo one > unborn/file
git init -q nested; echo two > nested/file; git -C nested add file
git -C nested -c user.name=n -c user.email=e@x commit -qm two
rm pipe; mkfifo pipe
echo closed >> closed; chmod 000 closed
mkdir shut; echo three > shut/file; chmod 000 shut
echo '* working-tree-encoding=UTF-16' > .gitattributes
printf 'named\\nignored\\n' > .gitignore; echo more >> named; echo x > ignored
ln -s /etc/hostname link
`;

needs('docker engine', found !== null, 'the patch of a copied workspace', () => {
  const engine = found as TestEngine;
  let playground: Playground;
  let patch: Buffer;
  let bottle: string;
  const options = () => ({
    env: { ...playground.environment },
    uid: engine.member.uid,
    gid: engine.member.gid,
    cwd: playground.workspace,
  });
  beforeAll(() => {
    playground = makeDockerPlayground(engine, engine.member, 'egress: {routes: []}\n', {
      BOT_BOTTLE_RUNTIME: 'runc',
    });
    for (const name of ['pipe', 'closed', 'named']) playground.write(name, 'before\n');
    const [file, ...args] = playground.commandLine(['sh', '-c', work]);
    args.splice(2, 0, '--workspace-mode', 'copy');
    const { status, stderr } = spawnSync(file, args, options());
    expect(status, String(stderr)).toBe(0);
    bottle = /bot-bottle diff (\S+)/.exec(String(stderr))?.[1] ?? '';
    patch = spawnSync(builtProgram.node, [builtProgram.cli, 'diff', bottle], options()).stdout;
  });
  afterAll(async () => {
    playground.remove();
    expect(await leftovers(engine, [])).toEqual([]);
  });

  it('holds all that the agent did, whatever lies beside it', () => {
    const applied = spawnSync('git', ['apply', '-'], { ...options(), input: patch });
    expect(applied.status, String(applied.stderr)).toBe(0);
    const read = (name: string) => readFileSync(join(playground.workspace, name), 'latin1');
    expect(read('latin-1')).toBe('th\xe9\n');
    expect(read('unborn/file')).toBe('one\n');
    expect(read('nested/file')).toBe('two\n');
    expect(read('closed')).toBe('before\nclosed\n');
    expect(read('shut/file')).toBe('three\n');
    expect(read('named')).toBe('before\nmore\n');
    const names = readdirSync(playground.workspace);
    expect(names).toContain('link');
    expect(names).not.toContain('ignored');
    expect(names).not.toContain('pipe');
    expect(existsSync(join(playground.workspace, 'nested/.git'))).toBe(false);
    expect(statSync(join(playground.workspace, 'steering')).size).toBe(13);
  });

  it('goes to a program as it is, and to a terminal without what would steer it', async () => {
    expect(patch.includes('a\x1b]0;title\x07b')).toBe(true);
    const { uid, gid, env } = options();
    const shown = await drive([builtProgram.node, builtProgram.cli, 'diff', bottle], [], {
      uid,
      gid,
      environment: env,
    });
    expect(shown.output).toContain('+a\\x1b]0;title\\x07b');
    expect(shown.output).not.toContain('\x1b');
  });
});
