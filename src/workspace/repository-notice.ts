import { type FoundRepositories, findRepositories } from './git-repositories.js';

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
        `the agent made a repository at ${printable(`${workspace}/${folder}`)}: git status in the parent may run what its config says; look at it or remove it`,
    );
  const unseen =
    before.whole && !after.whole
      ? [
          `the agent left more or deeper folders in ${printable(workspace)} than are searched for repositories: look for new .git before you run git there`,
        ]
      : [];
  return [...made, ...unseen].map((notice) => `bot-bottle: ${notice}\n`);
}

/** A name is the agent's choice and must not steer the operator's terminal. */
function printable(path: string): string {
  return path.replace(/[^\x20-\x7e]/g, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
