import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A module of scripts/, which has no types of its own: the caller says what it takes from it. */
export async function importScript<Exports>(path: string): Promise<Exports> {
  return import(pathToFileURL(join(import.meta.dirname, '../../scripts', path)).href);
}
