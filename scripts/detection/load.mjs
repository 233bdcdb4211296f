// Bundles a module of src/policy and loads it, so that scripts run the very code that the product runs.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { generateSources } from '../generate.mjs';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export async function loadModule(path) {
  await generateSources(root);
  const outdir = join(root, '.cache/scripts');
  mkdirSync(outdir, { recursive: true });
  const outfile = join(outdir, `${path.replace(/\W+/g, '-')}-${process.pid}.mjs`);
  await build({
    entryPoints: [join(root, path)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minifySyntax: true,
    logLevel: 'warning',
  });
  return import(pathToFileURL(outfile).href);
}
