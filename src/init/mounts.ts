import { lstatSync } from 'node:fs';
import type { ExpectedFile } from '../contract/init.js';

/**
 * Proves that the files which the backend looked at are those that were mounted: another bottle in the same workspace
 * could exchange one in between. What is mounted stays, so that once is enough.
 */
export function assertMounted(mounts: readonly ExpectedFile[]): void {
  const changed = mounts.find(({ path, identity }) => identityOf(path) !== identity);
  if (changed) throw new Error(`${changed.path} was exchanged while it was being mounted`);
}

function identityOf(path: string): string | undefined {
  const status = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return status && `${status.dev}:${status.ino}`;
}
