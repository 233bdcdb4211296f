import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `dist`: the bundles lie beside the one that runs, which may itself be a chunk in a folder below. */
export function builtFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  return here.endsWith('chunks') ? dirname(here) : here;
}

/** The command line's own program, to be run by this process's Node. */
export function programFile(): string {
  return join(builtFolder(), 'cli.js');
}

/** `bottles-examples`, which is shipped beside `dist`. */
export function exampleFolder(): string {
  return join(dirname(builtFolder()), 'bottles-examples');
}
