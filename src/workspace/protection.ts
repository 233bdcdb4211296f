import { lstatSync, readFileSync, type Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BottleError } from '../contract/errors.js';
import type { ProtectedPath, WorkspacePlan } from '../plan/plan.js';
import { envrcPaths } from './envrc-paths.js';
import { gitPaths } from './git-repositories.js';
import { linkedPaths } from './linked-paths.js';
import { namesIn, statusOf } from './looks.js';

/** A path of the workspace that is mounted over itself, so that neither it nor a folder on the way to it can be moved. */
export interface OwnMount {
  /** Relative to the workspace. */
  readonly path: string;
  readonly readOnly: boolean;
}

/** What has to be made in the workspace for as long as the bottle runs. */
export interface Placeholder {
  readonly path: string;
  readonly kind: 'file' | 'directory';
  readonly content: string;
}

export interface Protection {
  /** Parents before children. */
  readonly mounts: readonly OwnMount[];
  readonly missing: readonly Placeholder[];
}

/** Stores of other repositories' objects: large, and read-only as a whole. */
const unsearched = /(^|\/)\.git\/(modules|worktrees)$/;

/** git takes a folder that holds all three for a repository, with a configuration beside them. */
const bareRepository = ['refs', 'objects', 'HEAD'];
/** Where it holds HEAD alone, this file may say where the other two and the configuration lie (gitrepository-layout(5)). */
const commonDirectory = 'commondir';
const ownDirectory = '.\n';

/**
 * Looks at what of the protected paths is there and says what to mount and what to make. Refuses what a mount can't
 * keep: a symbolic link (the agent could reach its target by another way) and a file with a second name.
 *
 * @param placeholders paths that another bottle made: kept whole, as if they were still missing.
 */
export function surveyProtection(
  { source, protectedPaths }: WorkspacePlan,
  placeholders: ReadonlySet<string>,
): Protection {
  const mounts = new Map<string, OwnMount>();
  const missing = new Map<string, Placeholder>();
  for (const path of placeholders) mounts.set(path, { path, readOnly: true });
  for (const protectedPath of [...protectedPaths, ...gitPaths(source, protectedPaths), ...envrcPaths(source)])
    survey(source, protectedPath, mounts, missing);
  for (const guard of bareRepositoryGuards(source)) {
    const status = statusOf(join(source, guard.path));
    // A folder is only kept from being exchanged.
    mounts.set(guard.path, { path: guard.path, readOnly: !status?.isDirectory() });
    if (!status) missing.set(guard.path, guard);
  }
  return {
    mounts: withinReadOnly(mounts).sort((a, b) => depthOf(a.path) - depthOf(b.path)),
    missing: [...missing.values()].sort((a, b) => depthOf(a.path) - depthOf(b.path)),
  };
}

/** A mount below one that is read-only must not be writable, whichever was found first. */
function withinReadOnly(mounts: ReadonlyMap<string, OwnMount>): OwnMount[] {
  const isBelow = (path: string): boolean => {
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    return parent !== '' && (mounts.get(parent)?.readOnly === true || isBelow(parent));
  };
  return [...mounts.values()].map((mount) => (isBelow(mount.path) ? { ...mount, readOnly: true } : mount));
}

function survey(
  workspace: string,
  { path, kind, placeholder }: ProtectedPath,
  mounts: Map<string, OwnMount>,
  missing: Map<string, Placeholder>,
): void {
  const segments = path.split('/');
  for (let depth = 1; depth <= segments.length; depth += 1) {
    const here = segments.slice(0, depth).join('/');
    const last = depth === segments.length;
    const status = statusOf(join(workspace, here));
    if (!status) {
      if (placeholder === undefined) return;
      missing.set(here, { path: here, kind: last ? kind : 'directory', content: last ? placeholder : '' });
      mounts.set(here, { path: here, readOnly: true });
      return;
    }
    assertMountable(workspace, here, status);
    const readOnly = last || !status.isDirectory() || mounts.get(here)?.readOnly === true;
    if (readOnly || !mounts.has(here)) mounts.set(here, { path: here, readOnly });
    if (last && status.isDirectory() && !unsearched.test(path)) {
      assertNoSecondNames(workspace, here);
      for (const linked of linkedPaths(workspace, here)) {
        if (mounts.get(linked.path)?.readOnly !== true) survey(workspace, linked, mounts, missing);
      }
    }
    if (readOnly) return;
  }
}

/**
 * Which files are to be mounted, the workspace's own root first, once all that was missing is made. Looks again at
 * what the survey refuses: another bottle of the same workspace may have changed it since.
 */
export function identifyMounts(workspace: string, mounts: readonly OwnMount[]): ReadonlyMap<string, string> {
  const paths = ['', ...mounts.map(({ path }) => path)];
  return new Map(paths.map((path) => [path, identityOf(workspace, path)]));
}

function identityOf(workspace: string, path: string): string {
  const full = join(workspace, path);
  assertMountable(workspace, path, lstatSync(full));
  const { dev, ino } = lstatSync(full, { bigint: true });
  const identity = `${dev}:${ino}`;
  if (path !== '') assertOneName(workspace, path, identity);
  return identity;
}

/**
 * A mount covers one name. Where a file system served from elsewhere (virtiofs, 9p) takes .GIT for .git, the kernel takes
 * them for two, and only one of them is covered.
 */
function assertOneName(workspace: string, path: string, identity: string): void {
  const name = basename(path);
  const other = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
  const found = lstatSync(join(workspace, dirname(path), other), { bigint: true, throwIfNoEntry: false });
  if (`${found?.dev}:${found?.ino}` !== identity) return;
  throw new BottleError({
    code: 'usage',
    message: `the workspace's file system takes ${other} for ${name}, so that the agent could write what is protected by that name`,
    where: workspace,
    hint: 'keep it on a file system that tells them apart, or work on a copy with --backend docker --workspace-mode copy',
  });
}

/** The workspace's root must not become a bare repository: one of its three parts is held by a file that is no such part. */
function bareRepositoryGuards(workspace: string): Placeholder[] {
  const part = bareRepository.find((name) => {
    const status = statusOf(join(workspace, name));
    // git asks of a part only whether it could be entered, which a program could too.
    return !status || (name !== 'HEAD' && status.isFile() && (status.mode & 0o111) === 0);
  });
  if (part === undefined || namesAnotherDirectory(join(workspace, commonDirectory))) {
    throw new BottleError({
      code: 'usage',
      message:
        'the workspace is the inside of a git repository, where an agent could write hooks and settings',
      where: workspace,
      hint: 'give the folder of a work tree with --workspace',
    });
  }
  return [
    { path: part, kind: 'file', content: '' },
    { path: commonDirectory, kind: 'file', content: ownDirectory },
  ];
}

function namesAnotherDirectory(file: string): boolean {
  return statusOf(file)?.isFile() === true && readFileSync(file, 'utf8').trimEnd() !== ownDirectory.trimEnd();
}

function assertMountable(workspace: string, path: string, status: Stats): void {
  if (status.isSymbolicLink()) {
    throw new BottleError({
      code: 'usage',
      message: `${path} is a symbolic link and can't be kept read-only in the bottle`,
      where: join(workspace, path),
      hint: 'replace the link by what it points to',
    });
  }
  if (status.isFile() && status.nlink > 1) {
    throw new BottleError({
      code: 'usage',
      message: `${path} has ${status.nlink} names (hard links), so that the agent could write it by another`,
      where: join(workspace, path),
      hint: `give it a copy of its own: cp -p ${path} ${path}.new && mv ${path}.new ${path}`,
    });
  }
}

function assertNoSecondNames(workspace: string, folder: string): void {
  for (const name of namesIn(join(workspace, folder))) {
    const path = `${folder}/${name}`;
    const status = statusOf(join(workspace, path));
    if (status?.isDirectory()) assertNoSecondNames(workspace, path);
    else if (status?.isFile()) assertMountable(workspace, path, status);
  }
}

function depthOf(path: string): number {
  return path.split('/').length;
}
