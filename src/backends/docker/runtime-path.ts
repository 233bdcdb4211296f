import type { BackendServices } from '../../plan/ports.js';

/** Where a bottle's runtime directory would lie. A container needs none: only its place among the others is of use. */
export async function runtimePath(bottle: string, services: BackendServices): Promise<string> {
  await using directory = await services.runtimeDirectory(bottle);
  return directory.path;
}
