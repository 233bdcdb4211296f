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
import { parseGitConfig } from '../../../src/workspace/git-config.js';
import { findRepositories } from '../../../src/workspace/git-repositories.js';
import { surveyProtection } from '../../../src/workspace/protection.js';
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
    expect(findRepositories(workspace)).toEqual({ folders: ['1/2/3/4/5/6'], whole: false });
  });

  it('one whose settings include themselves many times over is refused, and not read for ever', () => {
    write('a/.git/config', `[include]\n${'path = config\n'.repeat(30)}`);
    expect(() => survey()).toThrow('includes more than 500 files');
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
