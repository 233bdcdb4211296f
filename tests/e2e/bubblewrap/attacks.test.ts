import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { protectedPaths } from '../../../src/plan/protected-paths.js';
import { bottleSuite } from '../../support/bottle-suite.js';
import { give, secretToken } from '../../support/bottles.js';
import { type Canaries, openCanaries } from '../../support/canaries.js';

const python = (name: string) => ['/usr/bin/python3', `/workspace/attacks/${name}.py`];
const backwards = [...secretToken].reverse().join('');

bottleSuite('attacks from inside a bubblewrap bottle', (bench) => {
  const { operator } = bench;

  const runPython = async (name: string, input = '') => {
    const finished = await bench.playground.run(python(name), { input });
    expect(finished, finished.stderr).toMatchObject({ code: 0 });
    return JSON.parse(finished.stdout);
  };

  describe('the network', () => {
    let canaries: Canaries;
    let sockets: string;
    beforeAll(async () => {
      sockets = join(bench.playground.folder, 'sockets');
      mkdirSync(sockets);
      canaries = await openCanaries(['docker.sock', 'agent.1', 'bus'].map((name) => join(sockets, name)));
      give(sockets, operator);
    });
    afterAll(() => canaries.close());

    it('TCP, UDP, DNS, ICMP, abstract and other unix sockets of the host are out of reach', async () => {
      const { reached, outcomes } = await runPython('network', JSON.stringify(canaries.targets));
      // Loopback inside is the bottle's own: an echo there reaches nothing of the host's.
      const outside = reached.filter((name: string) => !/^icmp (127\.|::1)/.test(name));
      expect(outside, JSON.stringify(outcomes)).toEqual([]);
      expect(canaries.count()).toBe(0);
    });

    it('sockets named by the operator’s environment are not handed on', async () => {
      const environment = {
        SSH_AUTH_SOCK: join(sockets, 'agent.1'),
        DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(sockets, 'bus')}`,
        DOCKER_HOST: `unix://${join(sockets, 'docker.sock')}`,
      };
      const { stdout, code } = await bench.playground.run(
        [
          'sh',
          '-c',
          'env; find / -xdev -path /proc -prune -o -type s -print 2>/dev/null; find /run /tmp /var /dev -type s',
        ],
        { environment },
      );
      expect(code).toBe(0);
      for (const name of Object.keys(environment)) expect(stdout).not.toContain(name);
      expect([...new Set(stdout.match(/^\/.*$/gm))]).toEqual(['/run/bot-bottle/sockets/proxy']);
      expect(canaries.count()).toBe(0);
    });

    it('programs that ignore the proxy get nowhere', async () => {
      const { stdout } = await bench.playground.run([
        'sh',
        '-c',
        'curl -sS --noproxy "*" -m 3 http://192.0.2.1/; echo $?; curl -sS --noproxy "*" -m 3 https://example.com/; echo $?',
      ]);
      expect(stdout.trim().split('\n')).toEqual(['7', '6']);
    });
  });

  it('the kernel’s other ways out are closed and no right is left', async () => {
    const { succeeded, status } = await runPython('kernel');
    expect(succeeded).toEqual([]);
    expect(status).toEqual({
      Uid: '1000\t1000\t1000\t1000',
      CapEff: '0000000000000000',
      CapPrm: '0000000000000000',
      CapInh: '0000000000000000',
      CapAmb: '0000000000000000',
      NoNewPrivs: '1',
      Seccomp: '2',
    });
  });

  it('no set-user-ID or set-group-ID file can be left in the workspace', async () => {
    const { ordinary, succeeded } = await runPython('setid');
    expect(succeeded).toEqual([]);
    for (const way of [
      'os.chmod',
      'os.fchmod',
      'os.open',
      'os.open O_TMPFILE',
      'os.mkdir',
      'os.mknod',
      'chmod(1)',
    ])
      expect(ordinary).toContain(way);
    const { workspace } = bench.playground;
    const names = readdirSync(workspace, { recursive: true }) as string[];
    expect(names.filter((name) => name.startsWith('setid-755-')).length).toBeGreaterThan(10);
    const withBits = names.filter((name) => (lstatSync(join(workspace, name)).mode & 0o6000) !== 0);
    expect(withBits).toEqual([]);
    for (const name of names.filter((one) => one.startsWith('setid-')))
      rmSync(join(workspace, name), { recursive: true, force: true });
  });

  it('the secret is in no environment, no command line, no memory and no file', async () => {
    bench.playground.write('control.txt', `the search finds ${secretToken}\n`);
    const control = await runPython('secret', backwards);
    expect(control.found).toEqual(['/workspace/control.txt']);
    expect(control.looked.memories).toBeGreaterThan(1);
    rmSync(join(bench.playground.workspace, 'control.txt'));
    expect((await runPython('secret', backwards)).found).toEqual([]);
  });

  it('processes of the host are not to be seen', async () => {
    const { stdout } = await bench.playground.run([
      'sh',
      '-c',
      'ls -d /proc/[0-9]* | wc -l; kill -9 -1; echo survived',
    ]);
    expect(Number(stdout.split('\n')[0])).toBeLessThan(8);
  });

  it('descriptors that the caller left open do not reach the agent', async () => {
    const secretFile = join(bench.playground.folder, 'open-file');
    writeFileSync(secretFile, secretToken);
    give(bench.playground.folder, operator);
    const { stdout } = await bench.playground.runThroughShell(
      'exec 9<"$0" 47<"$0" 200<"$0"; exec "$@"',
      secretFile,
      ['sh', '-c', 'ls /proc/self/fd; cat <&9; cat /proc/self/fd/*'],
    );
    expect(stdout).not.toContain(secretToken);
    expect(stdout.split('\n').slice(0, 3)).toEqual(['0', '1', '2']);
  });

  it('a file given as standard input can’t be written through it, nor a folder entered', async () => {
    const file = join(bench.playground.folder, 'input');
    writeFileSync(file, 'given\n');
    give(bench.playground.folder, operator);
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
    give(bench.playground.folder, operator);
    const { stdout } = await bench.playground.run([
      'sh',
      '-c',
      'cat out/secret up/secret ../outside/secret; ln -s / root; cat root/etc/shadow root/root/.ssh/*; echo x >out/x; echo done',
    ]);
    expect(stdout).toBe('done\n');
    expect(readdirSync(outside)).toEqual(['secret']);
  });

  describe('protected paths', () => {
    it('hold in a repository, by every way to write them', async () => {
      const repository = bench.another();
      {
        const git = (...args: string[]) =>
          execFileSync('git', args, {
            cwd: repository.workspace,
            uid: operator.uid,
            gid: operator.gid,
            env: repository.environment,
          });
        git('init', '-q');
        repository.write('.envrc', 'echo mine\n');
        repository.write('.vscode/tasks.json', '{}\n');
        repository.write('.mise.toml', '[tools]\n');
        const before = snapshot(repository.workspace);
        const names = protectedPaths
          .filter(({ placeholder }) => placeholder !== undefined)
          .map(({ path }) => path);
        const finished = await repository.run(python('protected'), {
          input: JSON.stringify([...names, '.mise.toml', 'refs']),
        });
        expect(finished.code, finished.stderr).toBe(0);
        const { worked, tried } = JSON.parse(finished.stdout);
        expect(worked).toEqual([]);
        expect(tried).toBeGreaterThan(300);
        expect(snapshot(repository.workspace)).toEqual(before);
      }
    });

    it('hold for repositories inside the workspace and for what git’s settings name', async () => {
      const outer = bench.another();
      const options = { cwd: outer.workspace, uid: operator.uid, gid: operator.gid, env: outer.environment };
      const git = (...args: string[]) =>
        execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=e@x', ...args], {
          ...options,
          stdio: 'pipe',
        });
      git('init', '-q');
      for (const folder of ['own', 'filed']) {
        git('init', '-q', folder);
        outer.write(`${folder}/file`, 'x\n');
        git('-C', folder, 'add', 'file');
        git('-C', folder, 'commit', '-qm', 'one');
      }
      git('add', 'own', 'filed');
      mkdirSync(join(outer.workspace, '.git/modules'), { recursive: true });
      renameSync(join(outer.workspace, 'filed/.git'), join(outer.workspace, '.git/modules/filed'));
      outer.write('filed/.git', 'gitdir: ../.git/modules/filed\n');
      git('config', 'include.path', '../missing.cfg');
      git('config', 'core.hooksPath', 'tools');
      outer.write('tools/pre-commit', '#!/bin/sh\n');
      const hostile = '[core]\\n\\tfsmonitor = touch ../marker ../../marker; false\\n';
      const attack = [
        `printf '${hostile}' >own/.git/config; printf '${hostile}' >missing.cfg; rm -f missing.cfg tools/pre-commit filed/.git`,
        'mv own/.git own/x; mv own other; mv filed/.git filed/x; mv filed gone; mv tools moved; echo x >tools/pre-commit',
        'git init -q evil && cp -r evil/.git /tmp/evil && cp -r /tmp/evil filed/.git; rm -rf evil',
        `echo "gitdir: /tmp/evil" >filed/.git; printf '${hostile}' >own/.git/config.worktree; echo done`,
      ];
      const { stdout, stderr } = await outer.run(['sh', '-c', attack.join('\n')]);
      expect(stdout, stderr).toBe('done\n');
      expect(stderr).not.toContain('the agent made a repository');
      expect(readFileSync(join(outer.workspace, 'filed/.git'), 'utf8')).toBe(
        'gitdir: ../.git/modules/filed\n',
      );
      expect(readFileSync(join(outer.workspace, 'tools/pre-commit'), 'utf8')).toBe('#!/bin/sh\n');
      expect(existsSync(join(outer.workspace, 'missing.cfg'))).toBe(false);
      git('status');
      for (const at of ['marker', 'workspace/marker', '../marker'])
        expect(existsSync(join(outer.folder, at))).toBe(false);
    });

    it('a repository that the agent made is told of', async () => {
      const told = bench.another();
      const { stderr } = await told.run([
        'sh',
        '-c',
        'git init -q a/b 2>/dev/null; git init -q "$(printf "\\033[2J")"',
      ]);
      expect(stderr).toContain(
        `bot-bottle: the agent made a repository at ${told.workspace}/a/b: git status`,
      );
      expect(stderr).toContain(`${told.workspace}/\\u{1b}[2J: git status`);
      expect(stderr).not.toContain('\u001b');
    });

    it('hold where there is no repository, and none can be made at the root', async () => {
      const bare = bench.another();
      {
        const before = snapshot(bare.workspace);
        const layout = [
          'git init .; git init --bare .; mkdir -p objects refs/heads',
          'echo "ref: refs/heads/main" >HEAD',
          'printf "[core]\\n\\tbare = false\\n\\tworktree = .\\n\\tfsmonitor = touch /workspace-marker; touch ../marker\\n" >config',
        ];
        await bare.run(['sh', '-c', layout.join('; ')]);
        const { status } = spawnSync('git', ['status'], {
          cwd: bare.workspace,
          uid: operator.uid,
          gid: operator.gid,
          env: bare.environment,
        });
        expect(status).toBe(128);
        expect(existsSync(join(bare.folder, 'marker'))).toBe(false);
        for (const made of ['objects', 'HEAD', 'config'])
          rmSync(join(bare.workspace, made), { recursive: true, force: true });
        const finished = await bare.run(python('protected'), {
          input: JSON.stringify(['.git', 'refs', '.claude']),
        });
        expect(JSON.parse(finished.stdout).worked).toEqual([]);
        expect(snapshot(bare.workspace)).toEqual(before);
      }
    });

    it.each(['.git/hooks', '.vscode', '.git'])('a link in place of %s is refused', async (path) => {
      const linked = bench.another();
      {
        mkdirSync(join(linked.folder, 'elsewhere/hooks'), { recursive: true });
        if (path === '.git/hooks') linked.write('.git/HEAD', 'ref: refs/heads/main\n');
        symlinkSync(join(linked.folder, 'elsewhere'), join(linked.workspace, path));
        const { code, stdout, stderr } = await linked.run(['echo', 'ran']);
        expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
        expect(stderr).toContain(`${path} is a symbolic link`);
      }
    });

    it('a protected file with a second name is refused', async () => {
      const linked = bench.another();
      {
        linked.write('.git/hooks/pre-commit', '#!/bin/sh\n');
        linkSync(join(linked.workspace, '.git/hooks/pre-commit'), join(linked.workspace, 'innocent'));
        const { code, stderr } = await linked.run(['echo', 'ran']);
        expect(code).toBe(2);
        expect(stderr).toContain('.git/hooks/pre-commit has 2 names');
      }
    });
  });
});

/** Every path below the protected ones, with what it is and holds. */
function snapshot(workspace: string): Record<string, string> {
  const tops = new Set([
    ...protectedPaths.map(({ path }) => path.split('/')[0] ?? ''),
    'refs',
    'objects',
    'HEAD',
  ]);
  const found: Record<string, string> = {};
  for (const top of tops) describePath(workspace, top, found);
  return found;
}

function describePath(workspace: string, path: string, found: Record<string, string>): void {
  const full = join(workspace, path);
  const status = lstatSync(full, { throwIfNoEntry: false });
  if (!status) return;
  const { mode, uid } = status;
  if (status.isSymbolicLink()) found[path] = `link to ${readlinkSync(full)}`;
  else if (status.isDirectory()) {
    found[path] = `folder ${mode} ${uid}`;
    for (const name of readdirSync(full)) describePath(workspace, `${path}/${name}`, found);
  } else found[path] = `file ${mode} ${uid} ${existsSync(full) ? readFileSync(full, 'latin1') : ''}`;
}
