import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A program of tests/programs, bundled, so that a test can run it as a process of its own. */
export interface Program extends AsyncDisposable {
  readonly file: string;
}

export async function buildProgram(name: string): Promise<Program> {
  // Inside the checkout: what isn't bundled is found in its node_modules.
  await mkdir(join(root, '.cache'), { recursive: true });
  const folder = await mkdtemp(join(root, '.cache/program-'));
  const file = join(folder, `${name}.mjs`);
  await build({
    absWorkingDir: root,
    entryPoints: [`tests/programs/${name}.ts`],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['better-sqlite3'],
    logLevel: 'warning',
  });
  return { file, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
