// npm run bench [-- NAME... [options]]: runs the measurements in scripts/bench; each is a file that prints a table.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuild, ensureDependencies, ensureNode, root } from './setup.mjs';

ensureNode();
ensureDependencies();
ensureBuild();
const available = readdirSync(join(root, 'scripts/bench'))
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => file.replace(/\.mjs$/, ''));
const words = process.argv.slice(2);
const wanted = words.filter((word) => !word.startsWith('-'));
const unknown = wanted.find((name) => !available.includes(name));
if (unknown !== undefined) {
  console.error(
    `error: there is no measurement '${unknown}' (usage)\n  fix: one of: ${available.join(', ')}`,
  );
  process.exit(2);
}
for (const name of wanted.length > 0 ? wanted : available) {
  const { measure } = await import(`./bench/${name}.mjs`);
  await measure({ root, quick: words.includes('--quick') });
}
