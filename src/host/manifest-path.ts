import { statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { BottleError } from '../contract/errors.js';
import type { ManifestFile, ManifestFiles } from '../manifest/source.js';
import { type ManifestRequest, manifestHome, readManifestFolder, readManifests } from './manifest-files.js';

export interface ManifestPath {
  readonly manifests: ManifestFiles;
  /** The one file that was meant, or null for a folder. */
  readonly only: ManifestFile | null;
}

/**
 * The manifests that a path on the command line means: a folder that holds `bottles` and `agents`, or one file in
 * one of those. A file of a repository's .bot-bottle is read with that repository's lack of rights. @throws BottleError
 */
export function readManifestPath(given: string, { environment, workspace }: ManifestRequest): ManifestPath {
  const path = resolve(workspace, given);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) throw notManifest(given, 'there is nothing here');
  const folder = stats.isDirectory() ? path : dirname(dirname(path));
  const trusted = folder === manifestHome(environment) || basename(folder) !== '.bot-bottle';
  const manifests = trusted
    ? readManifestFolder(folder, environment)
    : readManifests({ environment, workspace: dirname(folder) });
  if (stats.isDirectory()) {
    if (manifests.files.length > 0) return { manifests, only: null };
    throw notManifest(given, "the folder has no 'bottles' or 'agents' with .md files in it");
  }
  const only = manifests.files.find((file) => file.path === path);
  if (only) return { manifests, only };
  throw notManifest(given, "a manifest is a .md file in a folder 'bottles' or 'agents'");
}

function notManifest(where: string, message: string): BottleError {
  return new BottleError({
    code: 'usage',
    message,
    where,
    hint: 'bot-bottle validate without a path checks all',
  });
}
