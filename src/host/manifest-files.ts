import { type Dirent, lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { BottleError } from '../contract/errors.js';
import { resolveAgent } from '../manifest/resolve.js';
import type { ResolvedAgent } from '../manifest/resolved.js';
import type { ManifestFile, ManifestFiles, ManifestKind, ManifestOrigin } from '../manifest/source.js';
import { homeFolder } from '../plan/user-folders.js';
import { readBounded } from './read-bounded.js';
import { registeredHome } from './registered-home.js';

export interface ManifestRequest {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder whose repository may bring agents. */
  readonly workspace: string;
}

const kinds: readonly { readonly kind: ManifestKind; readonly folder: string }[] = [
  { kind: 'bottle', folder: 'bottles' },
  { kind: 'agent', folder: 'agents' },
];

/** An agent by name, from the operator's folder or the workspace's repository. @throws BottleError */
export function loadAgent(name: string, request: ManifestRequest): ResolvedAgent {
  return resolveAgent(name, readManifests(request));
}

/** Every manifest of the operator's folder, and of the workspace's repository. @throws BottleError */
export function readManifests({ environment, workspace }: ManifestRequest): ManifestFiles {
  const home = manifestHome(environment);
  refuseForeignWriters(home);
  const userHome = userHomeOf(environment);
  const repository = repositoryOf(resolve(workspace), userHome);
  return {
    userHome,
    files: [
      ...readFolder(home, 'home', userHome),
      ...(repository === null ? [] : readRepository(repository, home, userHome)),
    ],
  };
}

/** The manifests of a folder that holds `bottles` and `agents`, taken as the operator's own. @throws BottleError */
export function readManifestFolder(
  folder: string,
  environment: ManifestRequest['environment'],
): ManifestFiles {
  const userHome = userHomeOf(environment);
  return { userHome, files: readFolder(resolve(folder), 'home', userHome) };
}

/** BOT_BOTTLE_HOME, or ~/.bot-bottle. */
export function manifestHome(environment: ManifestRequest['environment']): string {
  const given = environment['BOT_BOTTLE_HOME'];
  return given ? resolve(given) : join(userHomeOf(environment), '.bot-bottle');
}

export function userHomeOf(environment: ManifestRequest['environment']): string {
  return resolve(homeFolder(environment, registeredHome));
}

/** Where the operator's manifests really lie: who may write there gives himself routes and credentials. */
export function manifestPlaces(environment: ManifestRequest['environment']): readonly string[] {
  const home = manifestHome(environment);
  return kinds.flatMap(({ folder }) => {
    const inner = join(home, folder);
    if (!statOf(inner)?.isDirectory()) return [inner];
    return [inner, ...manifestEntries(inner).map(({ name }) => join(inner, name))].map(realOrSame);
  });
}

/** A path as messages name it. */
export function shownPath(path: string, userHome: string): string {
  return path.startsWith(userHome + sep) ? `~${path.slice(userHome.length)}` : path;
}

function statOf(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** null also where a link leads nowhere or in a circle: that is told when the file is read, and stops no other. */
function fileAt(path: string): Stats | null {
  try {
    return statOf(path);
  } catch {
    return null;
  }
}

function unreadable(path: string, cause: unknown): BottleError {
  const hint = `it must be yours to read: chmod -R u+rX '${path}', or bot-bottle init for a first one`;
  return new BottleError({
    code: 'manifest',
    message: 'the folder cannot be read',
    where: path,
    hint,
    cause,
  });
}

/** Whoever may write here may write routes and so send credentials where he likes. */
function refuseForeignWriters(home: string): void {
  const stats = statOf(home);
  if (!stats?.isDirectory()) {
    throw new BottleError({
      code: 'manifest',
      message: stats
        ? 'the folder of bottles and agents is a file'
        : 'there is no folder of bottles and agents yet',
      where: home,
      hint: 'bot-bottle init writes a first bottle and agent',
    });
  }
  refuseWritable(home, stats, 0o022);
  // A class of users that can't enter the folder can't reach what lies in it.
  const others = ((stats.mode & 0o010) << 1) | ((stats.mode & 0o001) << 1);
  for (const { folder } of kinds) {
    const path = join(home, folder);
    const inner = statOf(path);
    if (!inner?.isDirectory()) continue;
    refuseWritable(path, inner, others);
    for (const entry of manifestEntries(path)) {
      const file = fileAt(join(path, entry.name));
      if (file) refuseWritable(join(path, entry.name), file, others);
    }
  }
}

function refuseWritable(path: string, { mode, uid }: Stats, mask: number): void {
  const own = process.geteuid?.() ?? uid;
  if (uid !== own && uid !== 0) {
    throw new BottleError({
      code: 'manifest',
      message: 'this belongs to another user, who could write routes and ask for credentials',
      where: path,
      hint: `chown ${own} '${path}', or set BOT_BOTTLE_HOME to a folder of your own`,
    });
  }
  if ((mode & mask) === 0) return;
  throw new BottleError({
    code: 'manifest',
    message: 'other users may write here, and so give themselves routes and credentials',
    where: path,
    hint: `chmod go-w '${path}'`,
  });
}

function manifestEntries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.name.endsWith('.md') && !entry.name.startsWith('.') && !entry.isDirectory())
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    throw unreadable(folder, cause);
  }
}

function readFolder(folder: string, origin: ManifestOrigin, userHome: string): ManifestFile[] {
  return kinds.flatMap(({ kind, folder: name }) => {
    const inner = join(folder, name);
    if (!statOf(inner)?.isDirectory()) return [];
    return manifestEntries(inner).map((entry) => {
      const path = join(inner, entry.name);
      const shown = shownPath(path, userHome);
      const text = readBounded(path, origin === 'repository');
      return { kind, origin, name: entry.name.slice(0, -3), path, shown, ...text };
    });
  });
}

/**
 * The nearest folder from the workspace upwards with a .git or .bot-bottle. The user's home is none, whatever lies
 * in it: its .bot-bottle is trusted, and must not come in by this door as well.
 */
function repositoryOf(workspace: string, userHome: string): string | null {
  const home = realOrSame(userHome);
  for (let folder = realOrSame(workspace); ; folder = dirname(folder)) {
    if (folder === home) return null;
    if (existsAt(join(folder, '.bot-bottle')) || existsAt(join(folder, '.git'))) return folder;
    if (folder === dirname(folder)) return null;
  }
}

function existsAt(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function realOrSame(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** A repository's manifests; none of its symlinks may lead out of its own .bot-bottle. */
function readRepository(repository: string, home: string, userHome: string): ManifestFile[] {
  const folder = join(repository, '.bot-bottle');
  if (!existsAt(folder) || realOrSame(folder) === realOrSame(home)) return [];
  for (const path of [folder, ...kinds.map((kind) => join(folder, kind.folder))]) {
    if (existsAt(path)) refuseWayOut(path, folder);
  }
  for (const { folder: name } of kinds) {
    const inner = join(folder, name);
    if (!statOf(inner)?.isDirectory()) continue;
    for (const entry of manifestEntries(inner)) refuseWayOut(join(inner, entry.name), folder);
  }
  return readFolder(folder, 'repository', userHome);
}

function refuseWayOut(path: string, folder: string): void {
  const real = realOrSame(path);
  if (real === folder || real.startsWith(folder + sep)) return;
  throw new BottleError({
    code: 'manifest',
    message: "a repository's manifest leads out of its own .bot-bottle",
    where: path,
    hint: 'put the file itself there instead of a link to it',
  });
}
