import { printable } from '../contract/printable.js';
import { type FoundRepositories, findRepositories, linksInRepositories } from './find-repositories.js';

/** Of Linux (PATH_MAX). */
const longestPath = 4096;
/** What is told of one by one. */
const mostTold = 50;

/** What of git is in a workspace. */
export interface GitState extends FoundRepositories {
  readonly links: readonly string[];
}

export function lookForGit(workspace: string): GitState {
  const found = findRepositories(workspace);
  const { links, whole } = linksInRepositories(workspace, found);
  return { ...found, links, whole: found.whole && whole };
}

/**
 * Tells the operator which repositories the agent made, for git in a folder above may run what their settings say, and
 * which links in those that were there, for git writes through them.
 */
export function noticesOfGit(
  workspace: string,
  before: GitState,
  after: GitState = lookForGit(workspace),
): string[] {
  const shown = (path: string) => printable(`${workspace}/${path}`, longestPath);
  const known = new Set([...before.folders, ...before.bare, ...before.links]);
  const told = (paths: readonly string[], what: string, danger: string) =>
    paths
      .filter((path) => !known.has(path))
      .map((path) => `the agent made ${what} at ${shown(path)}: git ${danger}`);
  const made = [
    ...told(
      after.folders,
      'a repository',
      'status in the parent may run what its config says; look at it or remove it',
    ),
    ...told(
      after.bare,
      'a bare repository',
      'status in it may run what its config says; look at it or remove it',
    ),
    ...told(
      after.links,
      'a link',
      'may write through it, to wherever it leads; remove it before you run git',
    ),
  ];
  const unseen =
    before.whole && !after.whole
      ? [
          `the agent left more or deeper folders in ${printable(workspace, longestPath)} than are searched for repositories: look for new .git, and for links in them, before you run git there`,
        ]
      : [];
  const more = made.length > mostTold ? [`and ${made.length - mostTold} more of these`] : [];
  return [...made.slice(0, mostTold), ...more, ...unseen].map((notice) => `bot-bottle: ${notice}\n`);
}
