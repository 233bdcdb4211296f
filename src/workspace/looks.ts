import { lstatSync, readdirSync, realpathSync, type Stats } from 'node:fs';
import { relative } from 'node:path';

/** A folder that can't be read by us can't be read by the agent either. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Of the path itself, no link followed; undefined where there is nothing. */
export function statusOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** The path itself where it leads nowhere. */
export function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Relative to the workspace, empty for the workspace itself; null outside of it. */
export function pathWithin(workspace: string, path: string): string | null {
  const inside = relative(workspace, path);
  return inside === '..' || inside.startsWith('../') ? null : inside;
}
