import { readlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ProtectedPath } from '../plan/plan.js';
import { namesIn, pathWithin, realPathOf, statusOf } from './looks.js';

/**
 * What symbolic links in a protected folder lead to within the workspace, as `.git/hooks/pre-commit` to a script: who
 * obeys the folder obeys that too. Where a link leads is read off its text as well, for what isn't there could be made.
 *
 * @param folder relative to the workspace
 */
export function linkedPaths(workspace: string, folder: string): ProtectedPath[] {
  const paths: ProtectedPath[] = [];
  const folders = [folder];
  for (const one of folders) {
    for (const name of namesIn(join(workspace, one))) {
      const path = join(one, name);
      const status = statusOf(join(workspace, path));
      if (status?.isDirectory()) folders.push(path);
      else if (status?.isSymbolicLink()) paths.push(...targetsOf(workspace, path));
    }
  }
  return paths;
}

function targetsOf(workspace: string, link: string): ProtectedPath[] {
  const full = join(workspace, link);
  const targets = new Set([resolve(dirname(full), readlinkSync(full)), realPathOf(full)]);
  return [...targets].flatMap((target) => {
    const path = pathWithin(workspace, target);
    // Outside; or a folder that the link itself lies in, which can't be kept from changing.
    if (!path || link.startsWith(`${path}/`)) return [];
    const kind = statusOf(target)?.isDirectory() ? 'directory' : 'file';
    return [{ path, kind, placeholder: '' }];
  });
}
