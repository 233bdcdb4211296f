import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BottleError } from '../contract/errors.js';
import type { FirstManifest } from './first-manifests.js';

export interface WrittenManifest {
  readonly path: string;
  /** false: a file was there, and was left as it is. */
  readonly written: boolean;
}

/** Writes what isn't there yet, for this user's eyes only (0700, 0600). @throws BottleError */
export function writeManifests(
  home: string,
  manifests: readonly FirstManifest[],
): readonly WrittenManifest[] {
  return manifests.map(({ path, text }) => {
    const file = join(home, path);
    try {
      mkdirSync(home, { recursive: true, mode: 0o700 });
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      // Exclusive: never over a file, nor through a link.
      writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
      return { path: file, written: true };
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')
        return { path: file, written: false };
      throw new BottleError({
        code: 'host-not-ready',
        message: 'the file cannot be written',
        where: file,
        hint: 'make its folder writable for you, or name another with BOT_BOTTLE_HOME',
        cause,
      });
    }
  });
}
