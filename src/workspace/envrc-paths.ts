import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ProtectedPath } from '../plan/plan.js';
import { pathWithin } from './looks.js';

/** Bytes. */
const largest = 1024 * 1024;
/** What direnv-stdlib(1) and the shell read from another file; without a name `dotenv` reads .env. */
const reading =
  /(?<![^\s;&|(])(?:source|\.|source_env|source_env_if_exists|source_up|dotenv|dotenv_if_exists)[ \t]+(?:"([^"\n]+)"|'([^'\n]+)'|([^\s;&|)]+))/g;
const bareDotenv = /(?<![^\s;&|(])dotenv(?:_if_exists)?[ \t]*(?:$|[;&|)])/m;
const flake = /(?<![^\s;&|(])use[ \t_]flake\b/;
const nix = /(?<![^\s;&|(])use[ \t_]nix\b/;

/**
 * What an .envrc that the operator allowed reads and runs: direnv asks again where the .envrc itself has changed, and not
 * where these have.
 */
export function envrcPaths(workspace: string): ProtectedPath[] {
  const text = textOf(resolve(workspace, '.envrc')).replace(/(^|\s)#.*$/gm, '$1');
  const read = [...text.matchAll(reading)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
  if (bareDotenv.test(text)) read.push('.env');
  const there = [
    ...(flake.test(text) ? ['flake.nix', 'flake.lock'] : []),
    ...(nix.test(text) ? ['shell.nix', 'default.nix'] : []),
    ...(text.match(/[^\s"'`;|&()<>$!={}]+/g) ?? []).filter((word) => isProgram(resolve(workspace, word))),
  ];
  return [
    ...read.map((path): ProtectedPath => ({ path, kind: 'file', placeholder: '' })),
    ...there.map((path): ProtectedPath => ({ path, kind: 'file' })),
  ].flatMap((one) => {
    // Names that are made up while it runs can't be told.
    if (/[$`*?]/.test(one.path)) return [];
    const full = resolve(workspace, one.path);
    const path = pathWithin(workspace, isFolder(full) ? join(full, '.envrc') : full);
    return path === null ? [] : [{ ...one, path }];
  });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Empty where there is none, or none that we may read. */
function textOf(file: string): string {
  try {
    const status = statSync(file);
    return status.isFile() && status.size <= largest ? readFileSync(file, 'utf8') : '';
  } catch {
    return '';
  }
}
