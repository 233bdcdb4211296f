import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { BottleError } from '../contract/errors.js';
import type { ResolvedBottle } from '../manifest/resolved.js';
import { contains } from '../plan/workspace.js';

/**
 * The real path of a bottle's own Dockerfile. A build runs with no wall round it, so that nothing of it may be in a
 * place where an agent writes.
 * @param workspace real path of the folder that the agent works on; null: on a copy
 */
export function findDockerfile(
  { path, where }: NonNullable<ResolvedBottle['dockerfile']>,
  workspace: string | null,
): string {
  const refuse = (message: string, hint: string, cause?: unknown) =>
    new BottleError({ code: 'manifest', message, where, hint, cause });
  let real: string;
  try {
    real = realpathSync(path);
    accessSync(real, constants.R_OK);
  } catch (cause) {
    throw refuse(`the Dockerfile ${path} can't be read`, 'mend the path', cause);
  }
  if (!statSync(real).isFile()) throw refuse(`the Dockerfile ${path} is not a plain file`, 'mend the path');
  const folder = dirname(real);
  if (workspace === null || !(contains(workspace, folder) || contains(folder, workspace))) return real;
  throw refuse(
    `the folder of the Dockerfile ${path} holds or lies in the workspace, where the agent could change what is built`,
    'move it to a folder of its own, such as one beside the bottle, or start with --workspace-mode copy',
  );
}
