// Writes registry.generated.ts beside the plugins of each plugin folder: one entry a file or folder, loaded on demand.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folders = [
  { folder: 'src/commands', type: 'Command', from: '../console/command.js' },
  { folder: 'src/providers', type: 'Provider', from: '../plan/ports.js' },
  { folder: 'src/backends', type: 'Backend', from: '../plan/ports.js' },
  { folder: 'src/policy/detectors', type: 'Detector', from: '../scan/detector.js' },
];

function members(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || /^[a-z][a-z-]*\.tsx?$/.test(entry.name))
    .map((entry) =>
      entry.isDirectory()
        ? { name: entry.name, path: `./${entry.name}/index.js` }
        : { name: entry.name.replace(/\.tsx?$/, ''), path: `./${entry.name.replace(/\.tsx?$/, '.js')}` },
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function writeIfChanged(file, text) {
  let before = '';
  try {
    before = readFileSync(file, 'utf8');
  } catch {}
  if (before !== text) writeFileSync(file, text);
}

export function generateRegistries(root) {
  for (const { folder, type, from } of folders) {
    const entries = members(join(root, folder)).map(
      ({ name, path }) => `  '${name}': async () => (await import('${path}')).default,`,
    );
    writeIfChanged(
      join(root, folder, 'registry.generated.ts'),
      `// Made by scripts/registry.mjs from the folder's contents.\nimport type { ${type} } from '${from}';\n\n` +
        `/** Every member of this folder by name. */\nexport const registry: Readonly<Record<string, () => Promise<${type}>>> = {\n${entries.join('\n')}\n};\n`,
    );
  }
}
