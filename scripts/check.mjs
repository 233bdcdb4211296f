// npm run check: everything that needs no machine but this one, quickest first; stops at the first that fails.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateSources } from './generate.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const steps = [
  ['format and lint', 'biome', ['ci', '--error-on-warnings', '.']],
  ['types, layer by layer', 'tsc', ['-b']],
  ['unit and architecture tests', 'vitest', ['run', '--project', 'unit', '--project', 'architecture']],
  ['unused code', 'knip', []],
];

await generateSources(root);
for (const [name, command, args] of steps) {
  const started = Date.now();
  const { status } = spawnSync(join(root, 'node_modules/.bin', command), args, {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) {
    console.error(`check: ${name} failed (${command} ${args.join(' ')})`);
    process.exit(1);
  }
  console.error(`check: ${name} passed in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
