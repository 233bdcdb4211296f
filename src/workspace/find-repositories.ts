import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Entries and levels of folders that are looked at; a larger workspace's rest is not (docs/limitations.md). */
const mostEntries = 20_000;
const mostLevels = 6;
/** Entries of the repositories' own folders. */
const mostGitEntries = 100_000;

export interface FoundRepositories {
  /** Folders below the workspace's root that hold a `.git`, relative to it. */
  readonly folders: readonly string[];
  /** Those that are themselves the inside of one. */
  readonly bare: readonly string[];
  /** Whether all of the workspace was looked at, packages apart. */
  readonly whole: boolean;
}

/** Finds repositories inside the workspace, broadest first; installed packages are passed by. */
export function findRepositories(workspace: string): FoundRepositories {
  const folders: string[] = [];
  const bare: string[] = [];
  const whole = true;
  let seen = 0;
  let level = [''];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > mostLevels) return { folders, bare, whole: false };
    const next: string[] = [];
    for (const folder of level) {
      const entries = entriesOf(join(workspace, folder));
      if (folder !== '' && isBare(entries)) bare.push(folder);
      for (const entry of entries) {
        seen += 1;
        if (seen > mostEntries) return { folders, bare, whole: false };
        if (entry.name === '.git') {
          if (folder !== '') folders.push(folder);
        } else if (entry.isDirectory()) {
          if (entry.name !== 'node_modules') next.push(join(folder, entry.name));
        }
      }
    }
    level = next;
  }
  return { folders, bare, whole };
}

/** As git sees it (gitrepository-layout(5)); `commondir` says where the other two lie. */
function isBare(entries: readonly Dirent[]): boolean {
  const names = new Set(entries.map(({ name }) => name));
  return names.has('HEAD') && (names.has('commondir') || (names.has('objects') && names.has('refs')));
}

export interface FoundLinks {
  /** Relative to the workspace. */
  readonly links: readonly string[];
  readonly whole: boolean;
}

/**
 * Symbolic links in the repositories' own folders, broadest first: git makes none, and what it writes there
 * (COMMIT_EDITMSG, FETCH_HEAD, the index, logs) goes through one to whatever file it leads to. Objects are passed by,
 * whose names are hashes.
 */
export function linksInRepositories(
  workspace: string,
  { folders, bare }: Pick<FoundRepositories, 'folders' | 'bare'>,
): FoundLinks {
  const links: string[] = [];
  const searched = [...['', ...folders].map((folder) => join(folder, '.git')), ...bare];
  let seen = 0;
  for (const folder of searched) {
    for (const entry of entriesOf(join(workspace, folder))) {
      seen += 1;
      if (seen > mostGitEntries) return { links, whole: false };
      const path = join(folder, entry.name);
      if (entry.isSymbolicLink()) links.push(path);
      else if (entry.isDirectory() && !folder.endsWith('/objects')) searched.push(path);
    }
  }
  return { links, whole: true };
}

function entriesOf(folder: string) {
  try {
    return lstatSync(folder).isDirectory() ? readdirSync(folder, { withFileTypes: true }) : [];
  } catch {
    return [];
  }
}
