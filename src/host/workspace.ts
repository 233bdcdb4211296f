import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BottleError } from '../contract/errors.js';
import { stateFolder } from '../plan/user-folders.js';
import { assertWorkspaceAllowed } from '../plan/workspace.js';
import { manifestPlaces, userHomeOf } from './manifest-files.js';
import { registeredHome } from './registered-home.js';
import { runtimeRoot } from './runtime-directory.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The real path of the workspace; refuses what is no folder, and one that holds more than a project. */
export function findWorkspace(path: string, environment: Environment): string {
  const workspace = folderAt(path);
  const home = userHomeOf(environment);
  assertWorkspaceAllowed(workspace, {
    home: realPathOf(home),
    ours: [
      // One by one too: a manifest may be a link into a project, where the agent would write its own rules.
      ...manifestPlaces(environment),
      join(stateFolder(environment, registeredHome), 'bot-bottle'),
      runtimeRoot(environment),
    ].map(realPathOf),
  });
  return workspace;
}

function folderAt(path: string): string {
  const refuse = (message: string, cause?: unknown) =>
    new BottleError({
      code: 'usage',
      message,
      where: path,
      hint: 'give one with --workspace DIR',
      cause,
    });
  let real: string;
  try {
    real = realpathSync(path);
  } catch (cause) {
    throw refuse('the workspace is not a folder that can be entered', cause);
  }
  if (statSync(real).isDirectory()) return real;
  throw refuse('the workspace is not a folder');
}

/** What isn't there yet is where it will be made. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path === dirname(path) ? path : join(realPathOf(dirname(path)), basename(path));
  }
}
