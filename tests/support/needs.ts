import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe } from 'vitest';

/**
 * Groups tests that need a part which this machine may lack: they run where it is there and are skipped by name where
 * it isn't. With BOT_BOTTLE_SKIPS_FAIL=1, as in CI, `npm test` turns every skip into a failure.
 */
export function needs(part: string, present: boolean, name: string, tests: () => void): void {
  if (present) describe(name, tests);
  else describe.skip(`${name} (needs ${part})`, tests);
}

/** Whether a program is in PATH. */
export function hasProgram(name: string): boolean {
  return findPrograms(name).length > 0;
}

/** Every program of that name in PATH. */
export function findPrograms(name: string): string[] {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .filter(isExecutable);
}

export const runsAsRoot = process.getuid?.() === 0;

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
