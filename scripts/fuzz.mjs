// npm run fuzz -- [TARGET] [--seed N] [--seconds N] [--cases N]: runs one target of scripts/fuzz, or lists them.
// A target is a file whose default export is a FuzzTarget (tests/support/fuzzing.ts).
import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { generateSources } from './generate.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const slowestAllowed = 1_000;

/** Bundles TypeScript for this Node and loads it. */
async function load(path) {
  const outfile = join(root, '.cache/fuzz', `${path.replaceAll(/\W/g, '-')}.mjs`);
  mkdirSync(dirname(outfile), { recursive: true });
  await build({
    entryPoints: [join(root, path)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  return import(pathToFileURL(outfile).href);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string' }, seconds: { type: 'string' }, cases: { type: 'string' } },
});
const targets = readdirSync(join(root, 'scripts/fuzz')).map((file) => file.replace(/\.mjs$/, ''));
const [name] = positionals;
if (name === undefined || !targets.includes(name)) {
  console.log(
    `usage: npm run fuzz -- TARGET [--seed N] [--seconds N] [--cases N]\ntargets: ${targets.join(', ')}`,
  );
  process.exit(name === undefined ? 0 : 2);
}

await generateSources(root);
const { default: target } = await load(`scripts/fuzz/${name}.mjs`);
const { runFuzz } = await load('tests/support/fuzzing.ts');
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
const cases = Number(values.cases ?? Number.POSITIVE_INFINITY);
const milliseconds = Number(values.seconds ?? 20) * 1_000;
console.log(`fuzzing ${name} (${target.summary}), seed ${seed}`);
try {
  const result = await runFuzz(target, { seed, cases, milliseconds });
  const { slowest } = result;
  console.log(
    `${result.cases} cases held; slowest ${slowest.milliseconds.toFixed(1)} ms (seed ${slowest.seed})`,
  );
  if (slowest.milliseconds > slowestAllowed) throw new Error(`seed ${slowest.seed} takes more than a second`);
} catch (error) {
  console.error(error.message);
  console.error('repeat it: npm run fuzz -- TARGET --seed SEED --cases 1');
  process.exitCode = 1;
} finally {
  await target.close?.();
}
