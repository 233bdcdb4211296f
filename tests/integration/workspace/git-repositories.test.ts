import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { protectedPaths } from '../../../src/plan/protected-paths.js';
import { findRepositories } from '../../../src/workspace/find-repositories.js';
import { parseGitConfig } from '../../../src/workspace/git-config.js';
import { surveyProtection } from '../../../src/workspace/protection.js';
import { lookForGit, noticesOfGit } from '../../../src/workspace/repository-notice.js';
import { hasProgram, needs } from '../../support/needs.js';

let workspace: string;
beforeEach(() => {
  workspace = realpathSync(mkdtempSync(join(tmpdir(), 'bot-bottle-repositories-')));
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

const write = (path: string, content = '') => {
  mkdirSync(dirname(join(workspace, path)), { recursive: true });
  writeFileSync(join(workspace, path), content);
};
const survey = () =>
  surveyProtection({ source: workspace, target: '/workspace', protectedPaths }, new Set<string>());
const readOnly = () =>
  survey()
    .mounts.filter((mount) => mount.readOnly)
    .map(({ path }) => path);

describe('repositories in the workspace', () => {
  it('are held as the root’s is, and so is a submodule’s .git file', () => {
    write('a/b/.git/config');
    write('a/b/.git/hooks/x');
    write('sub/.git', 'gitdir: ../.git/modules/sub\n');
    expect(readOnly()).toEqual(expect.arrayContaining(['a/b/.git/config', 'a/b/.git/hooks', 'sub/.git']));
    expect(readOnly()).toContain('a/b/.git/commondir');
    for (const path of ['a', 'a/b', 'a/b/.git', 'sub'])
      expect(survey().mounts).toContainEqual({ path, readOnly: false });
  });

  it('are looked for within bounds, past links and packages', () => {
    write('node_modules/x/.git/config');
    write('1/2/3/4/5/6/.git/config');
    write('1/2/3/4/5/6/7/.git/config');
    mkdirSync(join(workspace, 'links'));
    symlinkSync(join(workspace, '1'), join(workspace, 'links/again'));
    expect(findRepositories(workspace)).toEqual({ folders: ['1/2/3/4/5/6'], bare: [], whole: false });
  });

  it('one whose settings include themselves many times over is refused, and not read for ever', () => {
    write('a/.git/config', `[include]\n${'path = config\n'.repeat(30)}`);
    expect(() => survey()).toThrow('includes more than 500 files');
  });

  it('are held without a work tree too, also where their data lies elsewhere', () => {
    for (const path of ['HEAD', 'config', 'objects/x', 'refs/x']) write(`a/b.git/${path}`);
    for (const path of ['HEAD', 'commondir']) write(`c/${path}`);
    for (const path of ['HEAD', 'objects/x']) write(`d/${path}`);
    expect(findRepositories(workspace).bare).toEqual(['c', 'a/b.git']);
    expect(readOnly()).toEqual(
      expect.arrayContaining(['a/b.git/config', 'a/b.git/hooks', 'a/b.git/commondir', 'c/commondir']),
    );
  });

  it('a link in place of one’s .git is refused', () => {
    write('elsewhere/config');
    mkdirSync(join(workspace, 'a'));
    symlinkSync('../elsewhere', join(workspace, 'a/.git'));
    expect(survey).toThrow('a/.git is a symbolic link');
  });
});

describe('what git’s settings name', () => {
  it('is held: included files, there or not, what they include, and hooks', () => {
    write('.git/config', '[include]\n\tpath = ../shared.cfg\n[includeIf "gitdir:/x"] path = local.cfg\n');
    write('shared.cfg', '[CORE]\n  HooksPath = "tools/hooks"\n[include]\npath = more/missing.cfg\n');
    mkdirSync(join(workspace, 'tools'));
    mkdirSync(join(workspace, 'more'));
    const paths = readOnly();
    expect(paths).toEqual(
      expect.arrayContaining(['shared.cfg', '.git/local.cfg', 'tools/hooks', 'more/missing.cfg']),
    );
    expect(survey().missing).toContainEqual({ path: 'more/missing.cfg', kind: 'file', content: '' });
  });

  it('is held for repositories inside too, by their own folder', () => {
    write('a/.git/config', `[core]\nhooksPath = hooks\n[include]\npath = ${workspace}/absolute.cfg\n`);
    write('a/hooks/pre-commit');
    expect(readOnly()).toEqual(expect.arrayContaining(['a/hooks', 'absolute.cfg']));
  });

  it('is held for the repository that the workspace is a folder of', () => {
    write('.git/config', '[core]\nhooksPath = a/b/hooks\n[include]\npath = ../a/b/shared.cfg\n');
    write('a/b/hooks/pre-commit');
    const source = join(workspace, 'a/b');
    const { mounts } = surveyProtection({ source, target: '/workspace', protectedPaths }, new Set<string>());
    for (const path of ['hooks', 'shared.cfg']) expect(mounts).toContainEqual({ path, readOnly: true });
  });

  it('is held where it is a program that git runs by itself, or a file given to one', () => {
    write('.git/config', '[filter "a"]\nclean = python3 "tools/strip.py" %f\n[core]\nfsmonitor = ./watch\n');
    write('a/.git/config', '[alias]\nx = !./by-name\n[diff "b"]\ntextconv = sh -c "tools/b|cat"\n');
    for (const path of ['tools/strip.py', 'watch', 'a/by-name', 'a/tools/b', 'a/cat/x']) write(path);
    const paths = readOnly();
    expect(paths).toEqual(expect.arrayContaining(['tools/strip.py', 'watch', 'a/tools/b']));
    expect(paths).not.toEqual(expect.arrayContaining(['a/by-name']));
    expect(paths).not.toEqual(expect.arrayContaining(['a/cat']));
  });

  it('outside the workspace is none of ours; the workspace itself is refused', () => {
    write('.git/config', '[core]\nhooksPath = /dev/null\n[include]\npath = ../../x.cfg\n');
    expect(readOnly().filter((path) => path.includes('null') || path.includes('x.cfg'))).toEqual([]);
    write('.git/config', '[core]\nhooksPath = .\n');
    expect(survey).toThrow('core.hooksPath is the workspace itself');
  });

  it('a repository within a read-only folder is read-only throughout', () => {
    write('.git/config', '[core]\nhooksPath = tools\n');
    write('tools/nested/.git/config');
    expect(
      survey()
        .mounts.filter(({ path }) => path.startsWith('tools'))
        .every((one) => one.readOnly),
    ).toBe(true);
  });
});

describe('what the operator is told of', () => {
  it('is each new link in a repository’s own folder, past its objects', () => {
    write('.git/HEAD');
    write('a/.git/logs/refs/x');
    symlinkSync('x', join(workspace, 'a/.git/known'));
    const before = lookForGit(workspace);
    symlinkSync('/elsewhere', join(workspace, '.git/COMMIT_EDITMSG'));
    symlinkSync('/elsewhere', join(workspace, 'a/.git/logs/refs/\u001b'));
    write('.git/objects/ab/cd');
    symlinkSync('cd', join(workspace, '.git/objects/ab/ef'));
    const links = noticesOfGit(workspace, before).map((text) => /a link at ([^:]*): /.exec(text)?.[1]);
    expect(links).toEqual([`${workspace}/.git/COMMIT_EDITMSG`, `${workspace}/a/.git/logs/refs/\\x1b`]);
  });

  it('is each new repository, up to a number, and then how many more', () => {
    const before = lookForGit(workspace);
    for (let count = 0; count < 60; count += 1) write(`${count}/.git/HEAD`);
    for (const path of ['HEAD', 'objects/x', 'refs/x']) write(`bare/${path}`);
    const notices = noticesOfGit(workspace, before);
    expect(notices).toHaveLength(51);
    expect(notices.at(-1)).toBe('bot-bottle: and 11 more of these\n');
    expect(noticesOfGit(workspace, { ...before, folders: lookForGit(workspace).folders })).toEqual([
      expect.stringContaining(`a bare repository at ${workspace}/bare: `),
    ]);
  });
});

needs('git', hasProgram('git'), 'parseGitConfig', () => {
  it.each([
    '[include]\n\tpath = a b # comment\n',
    '[include] path = "a # b" ; more\n[core]\n hooksPath=x\\\ny\n',
    '# [include] \\\n[core]\nhookspath = "  padded  "  \n',
    '\ufeff[includeIf "onbranch:\\"x\\""]\r\n\tpath = a\\\\b\\tc\r\n',
    '[Include]\nPATH = "half"quoted" x"\n[a "b"]\nbool\n; [c]\n',
  ])('reads %j as git does', (text) => {
    write('config', text);
    const listed = execFileSync('git', ['config', '--file', join(workspace, 'config'), '--list', '-z']);
    const expected = listed
      .toString()
      .split('\0')
      .slice(0, -1)
      .map((line) => {
        const [full = '', ...value] = line.split('\n');
        return {
          section: full.slice(0, full.indexOf('.')),
          key: full.slice(full.lastIndexOf('.') + 1),
          value: value.join('\n'),
        };
      });
    expect(parseGitConfig(readFileSync(join(workspace, 'config'), 'utf8'))).toEqual(expected);
    expect(expected.length).toBeGreaterThan(0);
  });
});
