import { printable } from '../contract/printable.js';
import { type FoundRepositories, findRepositories } from './git-repositories.js';

/** Of Linux (PATH_MAX). */
const longestPath = 4096;

/** Tells the operator which repositories the agent made: git in a folder above may run what their settings say. */
export function noticesOfRepositories(
  workspace: string,
  before: FoundRepositories,
  after: FoundRepositories = findRepositories(workspace),
): string[] {
  const known = new Set(before.folders);
  const made = after.folders
    .filter((folder) => !known.has(folder))
    .map(
      (folder) =>
        `the agent made a repository at ${printable(`${workspace}/${folder}`, longestPath)}: git status in the parent may run what its config says; look at it or remove it`,
    );
  const unseen =
    before.whole && !after.whole
      ? [
          `the agent left more or deeper folders in ${printable(workspace, longestPath)} than are searched for repositories: look for new .git before you run git there`,
        ]
      : [];
  return [...made, ...unseen].map((notice) => `bot-bottle: ${notice}\n`);
}
