import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bottleSuite } from '../../support/bottle-suite.js';
import {
  childrenOf,
  give,
  type Playground,
  processesWith,
  readSafely,
  until,
} from '../../support/bottles.js';
import { openCanaries, withoutLoopback } from '../../support/canaries.js';

const shell = (script: string) => ['sh', '-c', script];

bottleSuite('a session in a bubblewrap bottle', (bench) => {
  const { operator } = bench;

  it.each([
    ['exit 0', 0],
    ['exit 42', 42],
    ['kill -TERM $$', 143],
    ['kill -SEGV $$', 139],
  ])('%s is passed on as %i', async (script, code) => {
    expect((await bench.playground.run(shell(script))).code).toBe(code);
  });

  it('a command that isn’t there is 127, one that can’t run 126, each with one line', async () => {
    bench.playground.write('no-program', 'text\n');
    const missing = await bench.playground.run(['no-such-program']);
    expect(missing).toMatchObject({
      code: 127,
      stdout: '',
      stderr: 'bot-bottle: no-such-program: not found in the bottle\n',
    });
    const unfit = await bench.playground.run(['./no-program']);
    expect(unfit).toMatchObject({ code: 126, stderr: 'bot-bottle: ./no-program: not executable\n' });
  });

  it('standard input is passed on whole, and both outputs stay apart', async () => {
    const input = `${'0123456789abcdef'.repeat(64)}\n`.repeat(2000);
    const { stdout, stderr, code } = await bench.playground.run(
      shell('cat >/tmp/all; cat /tmp/all >&2; md5sum </tmp/all; echo end >&2'),
      {
        input,
      },
    );
    expect(code).toBe(0);
    expect(stderr).toBe(`${input}end\n`);
    expect(stdout).toMatch(/^[0-9a-f]{32} {2}-\n$/);
  });

  it('files as streams work too, and every stream can be opened by its name', async () => {
    const [given, out, errors] = ['in', 'out', 'errors'].map((name) => join(bench.playground.folder, name));
    writeFileSync(given as string, 'first\nsecond\n');
    writeFileSync(out as string, '');
    writeFileSync(errors as string, '');
    give(bench.playground.folder, operator);
    const script = 'cat /dev/stdin; echo to-output >/dev/stdout; echo to-errors >/dev/stderr; exit 9';
    const redirections = `<'${given}' >'${out}' 2>'${errors}'`;
    const { code } = await bench.playground.runThroughShell(`"$@" ${redirections}`, '', shell(script));
    expect(code).toBe(9);
    expect(readFileSync(out as string, 'utf8')).toBe('first\nsecond\nto-output\n');
    expect(readFileSync(errors as string, 'utf8')).toBe('to-errors\n');
  });

  it('the environment is the bottle’s own', async () => {
    const { stdout } = await bench.playground.run(shell('env; id -un; hostname; pwd'), {
      environment: { MY_OWN_VARIABLE: 'x', LC_TIME: 'C' },
    });
    expect(stdout).not.toMatch(/MY_OWN_VARIABLE|E2E_TOKEN|BOT_BOTTLE|XDG_RUNTIME_DIR/);
    expect(stdout).toContain('LC_TIME=C\n');
    expect(stdout.endsWith('agent\nbottle\n/workspace\n')).toBe(true);
  });

  it('the agent works in a git repository, and placeholders don’t show', async () => {
    const script = [
      'git config --global user.name n; git config --global user.email e@example.com',
      'git add -A && git commit -qm first && git branch topic && git checkout -q topic',
      'echo x >new && git stash -qu && git stash pop -q >&2 && git add new && git commit -qm second',
      'git status --porcelain; git log --oneline | wc -l; git fsck --no-dangling; git gc -q; echo $?',
    ];
    const repository = bench.another();
    {
      const init = spawn('git', ['init', '-q'], {
        cwd: repository.workspace,
        uid: operator.uid,
        gid: operator.gid,
        env: { ...repository.environment },
      });
      await once(init, 'close');
      const { stdout, stderr } = await repository.run(shell(script.join('\n')));
      expect(stdout, stderr).toBe('2\n0\n');
    }
  });

  it('the built-in fetch of Node goes through the proxy, and so do curl and Python', async () => {
    const script = [
      `node -e 'fetch("https://elsewhere.example/").catch((error) => console.log(error))'`,
      'curl -sS https://elsewhere.example/ 2>&1',
      `/usr/bin/python3 -c 'import urllib.request as u; u.urlopen("https://elsewhere.example/")' 2>&1 | tail -1`,
    ];
    const { stdout } = await bench.playground.run(shell(script.join('\n')));
    expect(stdout.match(/refused the connection with 403|response 403|failed: 403/g), stdout).toHaveLength(3);
  });

  it('what the agent makes belongs to the workspace’s owner', async () => {
    await bench.playground.run(shell('echo made >made; mkdir folder; chmod 755 folder; echo x >folder/x'));
    for (const name of ['made', 'folder', 'folder/x']) {
      const { uid } = statSync(join(bench.playground.workspace, name));
      expect(uid).toBe(operator.uid);
    }
  });

  it('a signal to the command line reaches the agent, which may end in its own way', async () => {
    const bottle = bench.playground.start(
      shell('trap "echo got it; exit 5" TERM; echo up; while :; do sleep 0.05; done'),
    );
    await bottle.seen('up');
    bottle.process.kill('SIGTERM');
    const { code, stdout } = await bottle.finished;
    expect({ code, stdout }).toEqual({ code: 5, stdout: 'up\ngot it\n' });
  });

  it('a second signal ends an agent that heeds none', async () => {
    const bottle = bench.playground.start(
      shell('trap "echo heard" TERM; echo up; while :; do sleep 0.05; done'),
    );
    await bottle.seen('up');
    bottle.process.kill('SIGTERM');
    await bottle.seen('heard');
    bottle.process.kill('SIGTERM');
    expect((await bottle.finished).code).toBe(137);
  });

  it.each([
    ['stops the first process', 'kill -STOP 2'],
    ['stops all but itself', 'kill -STOP -1'],
  ])('a second signal ends an agent that traps signals and %s', async (_name, stop) => {
    const filesBefore = readdirSync(bench.playground.workspace).sort();
    const bottle = bench.playground.start(
      shell(`trap "" TERM INT HUP; ${stop}; echo up; while :; do sleep 0.05; done`),
    );
    await bottle.seen('up');
    bottle.process.kill('SIGTERM');
    await until('the first signal was taken', () => pendingSignals(bottle.process.pid) === 0);
    bottle.process.kill('SIGINT');
    const { code, signal, stderr } = await bottle.finished;
    expect({ signal, stderr }).toEqual({ signal: null, stderr: '' });
    // 130 where the first process was stopped before it could say that the agent runs.
    expect([130, 137]).toContain(code);
    expect(readdirSync(bench.playground.workspace).sort()).toEqual(filesBefore);
    expect(runtimeEntries(bench.playground)).toEqual([]);
    expect(processesWith(bench.playground.folder)).toEqual([]);
  });

  it('an agent that kills the first process with a signal unread ends its bottle like any other', async () => {
    const filesBefore = readdirSync(bench.playground.workspace).sort();
    const bottle = bench.playground.start(
      shell('trap "" TERM; kill -STOP 2; echo stopped; read line; sleep 1; kill -9 2; sleep 600'),
    );
    await bottle.seen('stopped');
    bottle.process.kill('SIGTERM');
    await until('the signal was taken', () => pendingSignals(bottle.process.pid) === 0);
    bottle.process.stdin?.end('go\n');
    const { code, signal, stderr } = await bottle.finished;
    expect({ signal, stderr }).toEqual({ signal: null, stderr: '' });
    // 130 where the first process was stopped before it could say that the agent runs.
    expect([130, 137]).toContain(code);
    expect(readdirSync(bench.playground.workspace).sort()).toEqual(filesBefore);
    expect(runtimeEntries(bench.playground)).toEqual([]);
    expect(processesWith(bench.playground.folder)).toEqual([]);
  });

  it('processes that the agent leaves behind end with it', async () => {
    const marker = `left-behind-${operator.uid}-${process.pid}`;
    const { stdout, code } = await bench.playground.run(['/usr/bin/python3', 'attacks/stay.py', marker]);
    expect({ stdout, code }).toEqual({ stdout: 'left behind\n', code: 0 });
    await until('no process is left', () => processesWith(marker).length === 0);
  });

  it('nothing of a session stays: no process, mount, socket or placeholder', async () => {
    const filesBefore = readdirSync(bench.playground.workspace).sort();
    await bench.playground.run(shell('true'));
    expect(readdirSync(bench.playground.workspace).sort()).toEqual(filesBefore);
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
    expect(
      mounts.filter(
        (line) => line.includes(bench.playground.folder) || / bot-bottle |\/bot-bottle\/e2e-/.test(line),
      ),
    ).toEqual([]);
    expect(runtimeEntries(bench.playground)).toEqual([]);
    expect(processesWith(bench.playground.folder)).toEqual([]);
  });

  it('without its sidecar the agent has no way out', async () => {
    const canaries = await openCanaries([]);
    try {
      const request =
        'curl -s -m 5 -o /dev/null -w "%{http_connect} %{exitcode}\\n" https://api.example.org/';
      const bottle = bench.playground.start(
        shell(`${request}; read line; ${request}; exec python3 attacks/network.py`),
      );
      await bottle.seen('403 56');
      const sidecar = childrenOf(bottle.process.pid ?? 0).find((pid) =>
        readSafely(`/proc/${pid}/cmdline`).includes('sidecar-start.cjs'),
      );
      expect(sidecar).toBeGreaterThan(1);
      process.kill(sidecar as number, 'SIGKILL');
      await until('the sidecar is gone', () => !readSafely(`/proc/${sidecar}/cmdline`).includes('sidecar'));
      bottle.process.stdin?.end(`go\n${JSON.stringify(canaries.targets)}`);
      const { stdout } = await bottle.finished;
      const [, proxied, others] = stdout.split('\n');
      // No answer of a proxy's; with what curl ends depends on how far it had come.
      expect(proxied).toMatch(/^000 [1-9]/);
      const { reached, outcomes } = JSON.parse(others ?? '');
      expect(withoutLoopback(reached), JSON.stringify(outcomes)).toEqual([]);
      expect(canaries.count()).toBe(0);
    } finally {
      await canaries.close();
    }
  });

  it('a killed command line takes everything with it, and the next start clears its files', async () => {
    const marker = `killed-${operator.uid}-${process.pid}`;
    const filesBefore = readdirSync(bench.playground.workspace).sort();
    const bottle = bench.playground.start(['/usr/bin/python3', 'attacks/stay.py', marker, 'wait']);
    await bottle.seen('left behind');
    expect(existsSync(join(bench.playground.workspace, '.vscode'))).toBe(true);
    bottle.process.kill('SIGKILL');
    await bottle.finished;
    await until(
      'no process is left',
      () => processesWith(marker).length + processesWith(bench.playground.folder).length === 0,
    );
    expect((await bench.playground.run(shell('echo next'))).stdout).toBe('next\n');
    expect(readdirSync(bench.playground.workspace).sort()).toEqual(filesBefore);
    expect(runtimeEntries(bench.playground)).toEqual([]);
  });

  it.each([0, 60, 90, 120, 150, 180])('a start killed after %i ms leaves no process', async (delay) => {
    const bottle = bench.playground.start(shell('sleep 600'));
    await new Promise((resolve) => setTimeout(resolve, delay));
    bottle.process.kill('SIGKILL');
    await bottle.finished;
    await until('no process is left', () => processesWith(bench.playground.folder).length === 0);
  });

  it('two bottles share a workspace: the first that ends takes nothing from the other', async () => {
    // Works off what the killed starts left.
    await bench.playground.run(shell('true'));
    const filesBefore = readdirSync(bench.playground.workspace).sort();
    const attack =
      'echo up; read line; for f in .vscode/x .claude/x .envrc refs; do echo x >$f && echo "wrote $f"; done; mv .vscode y && echo moved; echo tried';
    const first = bench.playground.start(shell('echo up; read line'));
    await first.seen('up');
    const second = bench.playground.start(shell(attack));
    await second.seen('up');
    first.process.stdin?.end('\n');
    expect((await first.finished).code).toBe(0);
    second.process.stdin?.end('\n');
    const { stdout } = await second.finished;
    expect(stdout).toBe('up\ntried\n');
    expect(readdirSync(bench.playground.workspace).sort()).toEqual(filesBefore);
  });

  it('a placeholder that the operator filled meanwhile is his', async () => {
    const bottle = bench.playground.start(shell('echo up; read line'));
    await bottle.seen('up');
    writeFileSync(join(bench.playground.workspace, '.vscode/settings.json'), '{}');
    writeFileSync(join(bench.playground.workspace, '.envrc'), 'mine');
    bottle.process.stdin?.end('\n');
    await bottle.finished;
    expect(readFileSync(join(bench.playground.workspace, '.envrc'), 'utf8')).toBe('mine');
    expect(existsSync(join(bench.playground.workspace, '.vscode/settings.json'))).toBe(true);
    for (const name of ['.vscode', '.envrc'])
      rmSync(join(bench.playground.workspace, name), { recursive: true });
  });

  describe('workspaces that would give the bottle away are refused', () => {
    it.each(['/', '/tmp', '/etc', '/usr'])('%s', async (workspace) => {
      const { code, stdout } = await bench.playground.run(['echo', 'ran'], { workspace });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    });

    it.each([
      ['the home folder', ''],
      ['the manifests’ folder', 'home'],
      ['a folder in it', 'home/agents'],
    ])('%s', async (_name, path) => {
      const { code, stdout } = await bench.playground.run(['echo', 'ran'], {
        workspace: join(bench.playground.folder, path),
      });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    });

    it('the runtime directory', async () => {
      expect(
        (await bench.playground.run(['echo', 'ran'], { workspace: bench.playground.runtime })).code,
      ).toBe(2);
    });
  });
});

/** The signals that were sent to a process and that it hasn't taken yet. */
function pendingSignals(pid = 0): number {
  return Number.parseInt(/^ShdPnd:\s+([0-9a-f]+)/m.exec(readSafely(`/proc/${pid}/status`))?.[1] ?? '0', 16);
}

/** Runtime directories of bottles; the registry itself stays. */
function runtimeEntries({ runtime, environment }: Playground): string[] {
  const folder = environment['HOME'] ?? '';
  return readdirSync(runtime)
    .filter((name) => name.startsWith('e2e-'))
    .filter((name) => readSafely(join(runtime, name, 'options')).includes(folder));
}
