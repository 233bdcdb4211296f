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
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { protectedPaths } from '../../../src/plan/protected-paths.js';
import type { Bench } from '../../support/bottle-suite.js';

/** What this machine would execute or obey, by every way to write it. */
export function attackTheProtectedPaths(bench: Bench): void {
  const asOwner = ({ workspace, environment }: ReturnType<Bench['another']>) => {
    const { uid, gid } = bench.playground.owner;
    return { cwd: workspace, uid, gid, env: environment };
  };

  describe('protected paths', () => {
    it('hold in a repository, by every way to write them', async () => {
      const repository = bench.another();
      {
        const git = (...args: string[]) => execFileSync('git', args, asOwner(repository));
        git('init', '-q');
        repository.write('.envrc', 'echo mine\n');
        repository.write('.vscode/tasks.json', '{}\n');
        repository.write('.mise.toml', '[tools]\n');
        const before = snapshot(repository.workspace);
        const names = protectedPaths
          .filter(({ placeholder }) => placeholder !== undefined)
          .map(({ path }) => path);
        const finished = await repository.run(['/usr/bin/python3', '/workspace/attacks/protected.py'], {
          input: JSON.stringify([...names, '.mise.toml', 'refs', 'commondir']),
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
      const options = asOwner(outer);
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
      expect(stderr).toContain(`${told.workspace}/\\x1b[2J: git status`);
      expect(stderr).not.toContain('\u001b');
    });

    it('a link that the agent made where git writes is told of, and so is a bare repository', async () => {
      const told = bench.another();
      const { uid, gid } = bench.playground.owner;
      execFileSync('git', ['init', '-q'], { cwd: told.workspace, uid, gid, env: told.environment });
      const { stderr } = await told.run([
        'sh',
        '-c',
        'ln -s /etc/passwd .git/COMMIT_EDITMSG; git init -q --bare a/b 2>/dev/null',
      ]);
      expect(stderr).toContain(
        `bot-bottle: the agent made a link at ${told.workspace}/.git/COMMIT_EDITMSG: git may write through it`,
      );
      expect(stderr).toContain(
        `bot-bottle: the agent made a bare repository at ${told.workspace}/a/b: git status in it`,
      );
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
          uid: bench.playground.owner.uid,
          gid: bench.playground.owner.gid,
          env: bare.environment,
        });
        expect(status).toBe(128);
        expect(existsSync(join(bare.folder, 'marker'))).toBe(false);
        for (const made of ['objects', 'HEAD', 'config'])
          rmSync(join(bare.workspace, made), { recursive: true, force: true });
        const finished = await bare.run(['/usr/bin/python3', '/workspace/attacks/protected.py'], {
          input: JSON.stringify(['.git', 'refs', '.claude']),
        });
        expect(JSON.parse(finished.stdout).worked).toEqual([]);
        expect(snapshot(bare.workspace)).toEqual(before);
      }
    });

    it('the root can’t become a repository whose data lies elsewhere, either', async () => {
      const outer = bench.another();
      const options = asOwner(outer);
      execFileSync('git', ['init', '-q'], options);
      const layout = [
        'mv .git/HEAD .git/other; mkdir -p evil/objects evil/refs; echo "ref: refs/heads/main" >HEAD; echo evil >commondir',
        'printf "[core]\nrepositoryformatversion=1\nfsmonitor=touch ../marker; false\n[extensions]\nworktreeConfig=true\n" >evil/config',
        `printf "[core]\nbare=false\nworktree=${outer.workspace}\n" >config.worktree; echo done`,
      ];
      expect((await outer.run(['sh', '-c', layout.join('; ')])).stdout).toBe('done\n');
      const { status } = spawnSync('git', ['status'], options);
      expect(existsSync(join(outer.folder, 'marker'))).toBe(false);
      expect(status).toBe(128);
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
}

/** Every path below the protected ones, with what it is and holds. */
function snapshot(workspace: string): Record<string, string> {
  const tops = new Set([
    ...protectedPaths.map(({ path }) => path.split('/')[0] ?? ''),
    'refs',
    'objects',
    'HEAD',
    'commondir',
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
