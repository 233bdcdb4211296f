import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { BottleError } from '../contract/errors.js';
import type { ProtectedPath } from '../plan/plan.js';
import { findRepositories } from './find-repositories.js';
import { wordsOfCommand } from './git-commands.js';
import { parseGitConfig } from './git-config.js';
import { pathWithin, realPathOf } from './looks.js';

/** Each takes several mounts, of which bwrap takes a bounded number. */
const mostRepositories = 150;
/** As git bounds it (git-config(1), "Includes"). */
const mostIncludes = 10;
/** Of one repository, over all levels: files that include each other several times would be read without end. */
const mostIncluded = 500;
/** Bytes. */
const largestConfig = 1024 * 1024;

/**
 * What git obeys beyond the root's own `.git`: the repositories inside the workspace, and the files and folders of
 * hooks in the workspace that any of their settings name.
 */
export function gitPaths(workspace: string, protectedPaths: readonly ProtectedPath[]): ProtectedPath[] {
  const { folders, bare } = findRepositories(workspace);
  const count = folders.length + bare.length;
  if (count > mostRepositories) {
    throw new BottleError({
      code: 'usage',
      message: `the workspace holds ${count} git repositories, more than can be kept read-only`,
      where: workspace,
      hint: 'give one of them with --workspace',
    });
  }
  const own = protectedPaths.filter(({ path }) => path.startsWith('.git/'));
  const nested = folders.flatMap((folder) => own.map((one) => ({ ...one, path: `${folder}/${one.path}` })));
  const nestedBare = bare.flatMap((folder) =>
    own.map((one) => ({ ...one, path: `${folder}/${one.path.slice('.git/'.length)}` })),
  );
  const workTrees = [
    ...foldersAbove(workspace),
    ...['', ...folders].map((folder) => join(workspace, folder)),
  ];
  return [
    ...nested,
    ...nestedBare,
    ...workTrees.flatMap((workTree) => configuredPaths(workspace, workTree, gitDirectoryOf(workTree))),
    ...bare.flatMap((folder) => configuredPaths(workspace, join(workspace, folder), join(workspace, folder))),
  ];
}

/** Those that a repository may lie in to which the workspace belongs. */
function foldersAbove(workspace: string): string[] {
  const above = dirname(workspace);
  return above === workspace ? [] : [...foldersAbove(above), above];
}

function configuredPaths(workspace: string, workTree: string, gitDirectory: string): ProtectedPath[] {
  const common = resolve(gitDirectory, firstLine(join(gitDirectory, 'commondir')) ?? '.');
  const paths: ProtectedPath[] = [];
  const add = (target: string, kind: ProtectedPath['kind']) => {
    for (const path of new Set([target, realPathOf(target)])) {
      const inside = pathWithin(workspace, path);
      if (inside === null) continue;
      if (inside === '') throw namesWorkspace(join(common, 'config'));
      paths.push({ path: inside, kind, placeholder: '' });
    }
  };
  let includes = 0;
  const read = (config: string, depth: number) => {
    for (const { section, key, value } of parseGitConfig(textOf(config) ?? '')) {
      if (value === '') continue;
      if (section === 'core' && key === 'hookspath') add(fromHome(value, workTree), 'directory');
      for (const word of wordsOfCommand({ section, key, value })) {
        const named = fromHome(word, workTree);
        if (isFile(named)) add(named, 'file');
      }
      if ((section !== 'include' && section !== 'includeif') || key !== 'path') continue;
      includes += 1;
      if (includes > mostIncluded) throw includesTooMuch(config);
      const included = fromHome(value, dirname(config));
      add(included, 'file');
      if (depth < mostIncludes) read(included, depth + 1);
    }
  };
  for (const config of new Set([join(common, 'config'), join(gitDirectory, 'config.worktree')]))
    read(config, 0);
  return paths;
}

/** A `.git` file says where the directory lies (gitrepository-layout(5)). */
function gitDirectoryOf(workTree: string): string {
  const path = join(workTree, '.git');
  const named = /^gitdir: (.*)$/.exec(firstLine(path) ?? '')?.[1];
  return named === undefined ? path : resolve(workTree, named);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function fromHome(path: string, base: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : resolve(base, path);
}

function firstLine(file: string): string | undefined {
  return textOf(file)?.split('\n')[0]?.trimEnd();
}

/** undefined: not there, not a file, or not to be read by us, and so by the operator's git neither. */
function textOf(file: string): string | undefined {
  try {
    const status = statSync(file);
    if (!status.isFile()) return undefined;
    if (status.size <= largestConfig) return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  throw new BottleError({ code: 'usage', message: 'the git configuration is too large', where: file });
}

function includesTooMuch(config: string): BottleError {
  return new BottleError({
    code: 'usage',
    message: `the git configuration includes more than ${mostIncluded} files`,
    where: config,
    hint: 'look at it: an agent may have written it; remove the repository, or what it includes',
  });
}

function namesWorkspace(config: string): BottleError {
  return new BottleError({
    code: 'usage',
    message: 'core.hooksPath is the workspace itself, which the agent writes',
    where: config,
    hint: 'give the hooks a folder of their own',
  });
}
