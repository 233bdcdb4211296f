import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertMounted } from '../../../src/init/mounts.js';
import { protectedPaths } from '../../../src/plan/protected-paths.js';
import { withLock } from '../../../src/workspace/lock.js';
import { holdPlaceholders } from '../../../src/workspace/placeholders.js';
import { surveyProtection } from '../../../src/workspace/protection.js';
import { give } from '../../support/bottles.js';
import { needs, runsAsRoot } from '../../support/needs.js';

let folder: string;
let workspace: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bot-bottle-placeholders-'));
  workspace = join(folder, 'workspace');
  mkdirSync(workspace);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const survey = (placeholders: ReadonlySet<string> = new Set()) =>
  surveyProtection({ source: workspace, target: '/workspace', protectedPaths }, placeholders);
const hold = (bottle: string) =>
  holdPlaceholders({ workspace, runtimeDirectory: join(folder, 'runtime', bottle), survey });

describe('placeholders', () => {
  it('are made for what is missing and removed by the last bottle that uses them', async () => {
    const first = await hold('a');
    const second = await hold('b');
    expect(existsSync(join(workspace, '.vscode'))).toBe(true);
    expect(second.protection.missing).toEqual([]);
    expect(second.protection.mounts).toEqual(first.protection.mounts);
    await first.release();
    expect(existsSync(join(workspace, '.vscode'))).toBe(true);
    await second.release();
    expect(readdirSync(workspace)).toEqual([]);
  });

  it('of a process that died are removed by the next start, with its runtime directory', async () => {
    await hold('killed');
    const runtime = join(folder, 'runtime/killed');
    mkdirSync(runtime);
    const record = join(folder, 'runtime/.bottles/killed.json');
    // As a process that is gone left it: the number is in use again, by one that started at another time.
    const left = JSON.parse(readFileSync(record, 'utf8'));
    writeFileSync(record, JSON.stringify({ ...left, owner: { pid: process.pid, started: '1' } }));
    rmSync(join(workspace, '.idea'), { recursive: true });
    mkdirSync(join(workspace, '.idea'));
    writeFileSync(join(workspace, '.idea/mine'), '');
    await (await hold('next')).release();
    expect(readdirSync(workspace)).toEqual(['.idea']);
    expect(existsSync(runtime)).toBe(false);
  });

  it('of a process that died stay for as long as its container lives', async () => {
    const container = spawn('sleep', ['60']);
    const killed = await hold('killed');
    await killed.outlivedBy(container.pid ?? 0);
    // As where the container could not be taken away.
    await killed.release();
    const record = join(folder, 'runtime/.bottles/killed.json');
    const left = JSON.parse(readFileSync(record, 'utf8'));
    writeFileSync(record, JSON.stringify({ ...left, owner: { pid: process.pid, started: '1' } }));
    await (await hold('next')).release();
    expect(existsSync(join(workspace, '.vscode'))).toBe(true);
    container.kill('SIGKILL');
    await once(container, 'exit');
    await (await hold('last')).release();
    expect(readdirSync(workspace)).toEqual([]);
  });

  it('git works with every one of them in place', async () => {
    const git = (...args: string[]) =>
      spawnSync('git', ['-c', 'user.name=n', '-c', 'user.email=e@x', ...args], {
        cwd: workspace,
        encoding: 'utf8',
      });
    git('init', '-q');
    const held = await hold('a');
    expect(held.protection.missing.map(({ path }) => path)).toContain('.git/commondir');
    writeFileSync(join(workspace, 'file'), 'x');
    for (const args of [
      ['add', 'file'],
      ['commit', '-qm', 'one'],
      ['branch', 'b'],
      ['checkout', '-q', 'b'],
      ['status'],
    ]) {
      const { status, stderr } = git(...args);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    }
    await held.release();
    expect(git('status', '--porcelain').stdout).toBe('');
  });
});

needs('root', runsAsRoot, 'placeholders in another user’s workspace', () => {
  const owner = { uid: 1547, gid: 1547 };
  const holdOnly = (path: string, kind: 'file' | 'directory') =>
    holdPlaceholders({
      workspace,
      runtimeDirectory: join(folder, 'runtime/a'),
      survey: () => ({ mounts: [], missing: [{ path, kind, content: '' }] }),
    });
  let privateFolder: string;
  beforeEach(() => {
    privateFolder = join(folder, 'private');
    mkdirSync(privateFolder, { mode: 0o700 });
    give(workspace, owner);
  });

  it('are made and removed as its owner, also where only root reaches it', async () => {
    const held = await hold('a');
    expect(statSync(join(workspace, '.vscode')).uid).toBe(owner.uid);
    expect(statSync(join(workspace, '.envrc')).uid).toBe(owner.uid);
    await held.release();
    expect(readdirSync(workspace)).toEqual([]);
    expect([process.geteuid?.(), process.getegid?.()]).toEqual([0, 0]);
  });

  it.each(['file', 'directory'] as const)(
    'a %s is not made through a link to a folder of root',
    async (kind) => {
      symlinkSync(privateFolder, join(workspace, '.git'));
      await expect(holdOnly('.git/x', kind)).rejects.toThrow('EACCES');
      expect(readdirSync(privateFolder)).toEqual([]);
      expect(process.geteuid?.()).toBe(0);
    },
  );

  it('nothing is removed through a link to a folder of root', async () => {
    mkdirSync(join(workspace, '.git'));
    give(workspace, owner);
    const held = await holdOnly('.git/x', 'file');
    linkSync(join(workspace, '.git/x'), join(privateFolder, 'x'));
    renameSync(join(workspace, '.git'), join(workspace, 'moved'));
    symlinkSync(privateFolder, join(workspace, '.git'));
    await held.release();
    expect(readdirSync(privateFolder)).toEqual(['x']);
  });
});

describe('surveyProtection', () => {
  it('mounts every folder on the way, parents first', () => {
    mkdirSync(join(workspace, '.git/hooks'), { recursive: true });
    const { mounts } = survey();
    const names = mounts.map(({ path }) => path);
    expect(mounts).toContainEqual({ path: '.git', readOnly: false });
    expect(mounts).toContainEqual({ path: '.git/hooks', readOnly: true });
    expect(names.indexOf('.git')).toBeLessThan(names.indexOf('.git/hooks'));
  });

  it('keeps a .git file, as of a linked worktree, read-only', () => {
    writeFileSync(join(workspace, '.git'), 'gitdir: /elsewhere\n');
    expect(survey().mounts).toContainEqual({ path: '.git', readOnly: true });
  });

  it('refuses a link', () => {
    symlinkSync('/etc', join(workspace, '.claude'));
    expect(() => survey()).toThrow('.claude is a symbolic link');
  });

  it('keeps what links in a protected folder lead to, there or not, and in turn what links in that do', () => {
    for (const name of ['.git/hooks', 'scripts', '.claude/more', 'skills/one'])
      mkdirSync(join(workspace, name), { recursive: true });
    for (const name of ['scripts/check', 'tool']) writeFileSync(join(workspace, name), '');
    const links = {
      '.git/hooks/pre-commit': '../../scripts/check',
      '.git/hooks/pre-push': '../../scripts/later',
      '.git/hooks/outside': '/dev/null',
      '.claude/more/skills': join(workspace, 'skills'),
      '.claude/more/up': '..',
      'skills/one/tool': '../../tool',
    };
    for (const [link, target] of Object.entries(links)) symlinkSync(target, join(workspace, link));
    const { mounts, missing } = survey();
    for (const path of ['scripts/check', 'scripts/later', 'skills', 'tool'])
      expect(mounts).toContainEqual({ path, readOnly: true });
    expect(mounts).toContainEqual({ path: 'scripts', readOnly: false });
    expect(missing).toContainEqual({ path: 'scripts/later', kind: 'file', content: '' });
  });

  it.each(['.helix', '.vimrc', '.exrc', '.qwen', '.opencode', 'opencode.json', 'opencode.jsonc'])(
    'keeps %s, which is obeyed unasked, also where it isn’t there',
    (path) => {
      expect(survey().missing).toContainEqual(expect.objectContaining({ path }));
      expect(survey().mounts).toContainEqual({ path, readOnly: true });
    },
  );

  it('keeps what an .envrc reads and runs: direnv asks for a change of the .envrc alone', () => {
    const lines = [
      'use flake; dotenv_if_exists # and README.md',
      'source_env_if_exists "local files/.envrc"',
      '[ -f tools/env ] && . tools/env',
      'watch_file package.json; export X=$(bin/version --short)',
      'source ../outside; source "$HOME/.profile"; source_env more',
    ];
    for (const name of ['bin', 'more', 'tools']) mkdirSync(join(workspace, name));
    writeFileSync(join(workspace, '.envrc'), lines.join('\n'));
    for (const name of ['README.md', 'package.json', 'flake.nix', 'tools/env'])
      writeFileSync(join(workspace, name), '');
    writeFileSync(join(workspace, 'bin/version'), '#!/bin/sh\n', { mode: 0o755 });
    const { mounts, missing } = survey();
    for (const path of ['.env', 'flake.nix', 'tools/env', 'bin/version', 'local files'])
      expect(mounts).toContainEqual({ path, readOnly: true });
    expect(missing).toContainEqual({ path: 'local files', kind: 'directory', content: '' });
    expect(missing).toContainEqual({ path: 'more/.envrc', kind: 'file', content: '' });
    const paths = mounts.map(({ path }) => path);
    for (const path of ['README.md', 'package.json', 'flake.lock', 'outside', '../outside'])
      expect(paths).not.toContain(path);
  });

  it('refuses the inside of a repository', () => {
    for (const name of ['refs', 'objects']) mkdirSync(join(workspace, name));
    writeFileSync(join(workspace, 'HEAD'), 'ref: refs/heads/main\n');
    expect(() => survey()).toThrow('the inside of a git repository');
  });

  it('refuses a root that names another folder’s repository, and holds one that could', () => {
    const commondir = join(workspace, 'commondir');
    expect(survey().missing).toContainEqual({ path: 'commondir', kind: 'file', content: '.\n' });
    writeFileSync(commondir, 'elsewhere\n');
    expect(() => survey()).toThrow('the inside of a git repository');
    rmSync(commondir);
    mkdirSync(commondir);
    expect(survey().mounts).toContainEqual({ path: 'commondir', readOnly: false });
  });

  it('takes no program for what keeps the root from becoming a repository', () => {
    writeFileSync(join(workspace, 'refs'), '#!/bin/sh\n', { mode: 0o755 });
    expect(survey().missing).toContainEqual({ path: 'objects', kind: 'file', content: '' });
  });
});

describe('what is mounted', () => {
  const asMounted = (identities: ReadonlyMap<string, string>) =>
    [...identities].map(([path, identity]) => ({ path: join(workspace, path), identity }));

  it('is what was looked at, the workspace and every placeholder among it', async () => {
    const held = await hold('a');
    const mounts = asMounted(held.identities);
    expect(mounts).toHaveLength(held.protection.mounts.length + 1);
    expect(() => assertMounted(mounts)).not.toThrow();
    await held.release();
  });

  it.each(['link', 'folder', 'nothing'])('is refused where it was exchanged for a %s', async (kind) => {
    mkdirSync(join(workspace, '.vscode'));
    const mounts = asMounted((await hold('a')).identities);
    renameSync(join(workspace, '.vscode'), join(workspace, 'moved'));
    if (kind === 'link') symlinkSync('moved', join(workspace, '.vscode'));
    if (kind === 'folder') mkdirSync(join(workspace, '.vscode'));
    expect(() => assertMounted(mounts)).toThrow('.vscode was exchanged');
  });

  it('is refused where a link took its place between the look and the making', async () => {
    const request = {
      workspace,
      runtimeDirectory: join(folder, 'runtime/a'),
      survey: () => {
        mkdirSync(join(workspace, '.vscode'));
        const seen = survey();
        renameSync(join(workspace, '.vscode'), join(workspace, 'moved'));
        symlinkSync('moved', join(workspace, '.vscode'));
        return seen;
      },
    };
    await expect(holdPlaceholders(request)).rejects.toThrow('.vscode is a symbolic link');
    expect(readdirSync(workspace).sort()).toEqual(['.vscode', 'moved']);
  });
});

describe('what another bottle could exchange', () => {
  it('is nothing where both hold the same', async () => {
    const [first, second] = [await hold('a'), await hold('b')];
    expect([first.exposed, second.exposed]).toEqual([[], []]);
    for (const held of [first, second]) await held.release();
  });

  it('is what was made after the other looked, until the other ends', async () => {
    const first = await hold('a');
    mkdirSync(join(workspace, 'sub/.git/hooks'), { recursive: true });
    for (const file of ['HEAD', 'config']) writeFileSync(join(workspace, 'sub/.git', file), '');
    const second = await hold('b');
    expect(second.exposed).toContain(join(workspace, 'sub'));
    expect(second.exposed).toContain(join(workspace, 'sub/.git/hooks'));
    expect(second.exposed).not.toContain(join(workspace, '.vscode'));
    await second.release();
    await first.release();
    const third = await hold('c');
    expect(third.exposed).toEqual([]);
    await third.release();
  });

  it('is a whole workspace that lies in the other’s', async () => {
    const outer = await hold('a');
    const inner = join(workspace, 'inner');
    mkdirSync(inner);
    const held = await holdPlaceholders({
      workspace: inner,
      runtimeDirectory: join(folder, 'runtime/b'),
      survey: (placeholders) =>
        surveyProtection({ source: inner, target: '/w', protectedPaths }, placeholders),
    });
    expect(held.exposed).toContain(inner);
    await held.release();
    await outer.release();
  });
});

describe('withLock', () => {
  it('lets one in at a time, and passes by a holder that died', async () => {
    const lock = join(folder, 'lock');
    const dead = spawnSync('true');
    symlinkSync(JSON.stringify({ pid: dead.pid, started: '1' }), lock);
    const order = await Promise.all([1, 2, 3].map((number) => withLock(lock, () => number)));
    expect(order).toEqual([1, 2, 3]);
    expect(readdirSync(folder).filter((name) => name.startsWith('lock'))).toEqual([]);
  });
});

needs('root, to mount a small disk', runsAsRoot, 'a full disk', () => {
  it('keeps no placeholder in the workspace, and no file of a start that failed by it', async () => {
    const runtime = join(folder, 'runtime');
    mkdirSync(runtime);
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', runtime]).status).toBe(0);
    try {
      const held = await hold('a');
      expect(readdirSync(workspace)).not.toEqual([]);
      expect(() => writeFileSync(join(runtime, 'ballast'), Buffer.alloc(1024 * 1024))).toThrow(/ENOSPC/);
      await expect(hold('b')).rejects.toThrow(/ENOSPC/);
      await held.release();
      expect(readdirSync(workspace)).toEqual([]);
      expect(readdirSync(join(runtime, '.bottles'))).toEqual([]);
    } finally {
      spawnSync('umount', [runtime]);
    }
  });
});
