import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BottleError } from '../contract/errors.js';
import { asOwner } from './as-owner.js';
import { clearAbandoned, withLock } from './lock.js';
import { identityOf, isAlive, ownIdentity, type ProcessIdentity } from './process-identity.js';
import { identifyMounts, type Placeholder, type Protection } from './protection.js';

/**
 * Placeholders lie in the operator's own folder, and to remove one takes the mount away from every other bottle that
 * stands on it. So each running bottle keeps a record of those that it uses; the last one removes them, and a record
 * whose processes died is worked off by the next start.
 */
interface BottleRecord {
  readonly owner: ProcessIdentity;
  /** What goes on without its owner, as containers do: while it lives an agent may, and the record counts. */
  readonly survivor?: ProcessIdentity;
  readonly workspace: string;
  readonly placeholders: readonly MadePlaceholder[];
  /** What is mounted over itself, and so can't be exchanged from inside: relative to the workspace. */
  readonly mounts?: readonly string[];
}

interface MadePlaceholder extends Placeholder {
  /** Which file it is, and its time in milliseconds: one that was replaced or written is the operator's. null: about to be made. */
  readonly inode: number | null;
  readonly modified: number | null;
}

export interface PlaceholderRequest {
  readonly workspace: string;
  readonly runtimeDirectory: string;
  /** Looks at the workspace, once leftovers are gone; it is told which paths are other bottles' placeholders. */
  readonly survey: (placeholders: ReadonlySet<string>) => Protection;
}

export interface HeldProtection {
  readonly protection: Protection;
  /** Every placeholder in the workspace, whoever made it. */
  readonly placeholders: readonly Placeholder[];
  /** `device:inode` of all that is to be mounted, by its path in the workspace; '' is the workspace itself. */
  readonly identities: ReadonlyMap<string, string>;
  /** Absolute paths among those to be mounted that the agent of another running bottle could exchange meanwhile. */
  readonly exposed: readonly string[];
  /** Names a process that must end, besides this one, before the protection may; to be called before the agent starts. */
  outlivedBy(pid: number): Promise<void>;
  /** Leaves everything in place while what outlives us does. */
  release(): Promise<void>;
}

const registryName = '.bottles';
/** As bottles are called. */
const recordName = /^[a-z0-9][a-z0-9_-]*\.json$/;

/** Makes what is missing in the workspace and holds it until it is released. */
export async function holdPlaceholders(request: PlaceholderRequest): Promise<HeldProtection> {
  const { workspace, runtimeDirectory } = request;
  const registry = join(dirname(runtimeDirectory), registryName);
  const recordFile = join(registry, `${basename(runtimeDirectory)}.json`);
  const lock = join(registry, 'lock');
  mkdirSync(registry, { recursive: true, mode: 0o700 });
  return withLock(lock, () => {
    const records = sweep(registry).living;
    if (existsSync(recordFile)) throw nameTaken(basename(runtimeDirectory));
    const shared = inUse(records, workspace);
    const protection = request.survey(new Set(shared.keys()));
    const mounts = protection.mounts.map(({ path }) => path);
    const owner = ownIdentity();
    const record = (placeholders: readonly MadePlaceholder[], more: Pick<BottleRecord, 'survivor'> = {}) =>
      writeRecord(recordFile, { owner, ...more, workspace, placeholders, mounts });
    // Written down first, so that whenever we are killed the next start knows what to look for.
    const intended = protection.missing.map((one) => ({ ...one, inode: null, modified: null }));
    record([...shared.values(), ...intended]);
    const placeholders = [...shared.values()];
    let identities: ReadonlyMap<string, string>;
    try {
      asOwner(workspace, (folder) => {
        for (const missing of protection.missing) placeholders.push(make(folder, missing));
      });
      record(placeholders);
      identities = identifyMounts(workspace, protection.mounts);
    } catch (thrown) {
      removeUnused(workspace, placeholders, shared);
      rmSync(recordFile, { force: true });
      throw thrown;
    }
    let survivor: ProcessIdentity | undefined;
    const outlivedBy = async (pid: number) => {
      const found = identityOf(pid);
      survivor = found;
      if (found) await withLock(lock, () => record(placeholders, { survivor: found }));
    };
    const release = () =>
      withLock(lock, () => {
        if (survivor && isAlive(survivor)) return;
        rmSync(recordFile, { force: true });
        removeUnused(workspace, placeholders, inUse(sweep(registry).living, workspace));
      });
    const exposed = exposedPaths(workspace, mounts, records);
    return { protection, placeholders, identities, exposed, outlivedBy, release };
  });
}

/** Names end in a few random digits. */
function nameTaken(bottle: string): BottleError {
  return new BottleError({
    code: 'start-failed',
    message: `a bottle named ${bottle} runs already`,
    hint: 'start again: it gets another name',
  });
}

/** Paths of ours that lie in another bottle's workspace, where nothing holds them. */
function exposedPaths(
  workspace: string,
  mounts: readonly string[],
  others: readonly BottleRecord[],
): string[] {
  const own = [workspace, ...mounts.map((path) => join(workspace, path))];
  const open = others.flatMap((other) => {
    const held = new Set((other.mounts ?? []).map((path) => join(other.workspace, path)));
    return own.filter((path) => path.startsWith(`${other.workspace}/`) && !held.has(path));
  });
  return [...new Set(open)];
}

/**
 * Takes away what processes that died have left in workspaces and in the registry; answers the names of their bottles.
 * @param runtimeRoot the folder in which every bottle's runtime directory lies
 * @param dryRun only say which
 */
export async function sweepPlaceholders(runtimeRoot: string, dryRun = false): Promise<readonly string[]> {
  const registry = join(runtimeRoot, registryName);
  const lock = join(registry, 'lock');
  if (!existsSync(registry)) return [];
  const { dead } = await withLock(lock, () => sweep(registry, dryRun));
  if (!dryRun) clearAbandoned(lock);
  return dead;
}

interface Swept {
  readonly living: readonly BottleRecord[];
  /** Names of those that were worked off. */
  readonly dead: readonly string[];
}

/** Works off the records of bottles whose process died. */
function sweep(registry: string, dryRun = false): Swept {
  const files = readdirSync(registry).filter((name) => recordName.test(name));
  const records = files.flatMap((name) => readRecord(join(registry, name)));
  const living = records.filter(({ record }) => counts(record)).map(({ record }) => record);
  const dead = records
    .filter(({ record }) => !living.includes(record))
    .map((one) => ({ ...one, bottle: basename(one.file, '.json') }));
  for (const { file, record, bottle } of dryRun ? [] : dead) {
    removeUnused(record.workspace, record.placeholders, inUse(living, record.workspace));
    // By its name: what a file says is not what is removed whole.
    rmSync(join(dirname(registry), bottle), { recursive: true, force: true });
    rmSync(file, { force: true });
  }
  return { living, dead: dead.map(({ bottle }) => bottle) };
}

function counts({ owner, survivor }: BottleRecord): boolean {
  return isAlive(owner) || (survivor !== undefined && isAlive(survivor));
}

function inUse(records: readonly BottleRecord[], workspace: string): Map<string, MadePlaceholder> {
  const own = records.filter((record) => record.workspace === workspace);
  return new Map(own.flatMap(({ placeholders }) => placeholders.map((one) => [one.path, one] as const)));
}

function make(workspace: string, placeholder: Placeholder): MadePlaceholder {
  const path = join(workspace, placeholder.path);
  if (placeholder.kind === 'directory') mkdirSync(path, { mode: 0o755 });
  else writeFileSync(path, placeholder.content, { flag: 'wx', mode: 0o644 });
  const { ino, mtimeMs } = lstatSync(path);
  return { ...placeholder, inode: ino, modified: mtimeMs };
}

/** Children before parents; what isn't as we made it stays. */
function removeUnused(
  workspace: string,
  placeholders: readonly MadePlaceholder[],
  used: ReadonlyMap<string, MadePlaceholder>,
): void {
  const unused = placeholders.filter(({ path }) => !used.has(path)).reverse();
  try {
    asOwner(workspace, (folder) => remove(folder, unused));
  } catch {
    // The workspace itself is gone.
  }
}

function remove(workspace: string, placeholders: readonly MadePlaceholder[]): void {
  for (const placeholder of placeholders) {
    const path = join(workspace, placeholder.path);
    try {
      const status = lstatSync(path);
      if (!isUntouched(status, placeholder)) continue;
      if (placeholder.kind === 'directory') rmdirSync(path);
      else if (readFileSync(path, 'utf8') === placeholder.content) unlinkSync(path);
    } catch {
      // Gone, or no longer empty: the operator's now.
    }
  }
}

function isUntouched(status: Stats, { kind, inode, modified }: MadePlaceholder): boolean {
  if (kind === 'directory' ? !status.isDirectory() : !status.isFile()) return false;
  if (inode === null) return true;
  return status.ino === inode && (kind === 'directory' || status.mtimeMs === modified);
}

/** Whole or not at all. */
function writeRecord(file: string, record: BottleRecord): void {
  const fresh = `${file}.new`;
  try {
    writeFileSync(fresh, JSON.stringify(record), { mode: 0o600 });
    renameSync(fresh, file);
  } catch (thrown) {
    rmSync(fresh, { force: true });
    throw thrown;
  }
}

function readRecord(file: string): { file: string; record: BottleRecord }[] {
  try {
    return [{ file, record: JSON.parse(readFileSync(file, 'utf8')) as BottleRecord }];
  } catch {
    // Not one of ours: of no use to anyone.
    rmSync(file, { force: true });
    return [];
  }
}
