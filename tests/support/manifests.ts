import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readBounded } from '../../src/host/read-bounded.js';
import type { ManifestFile, ManifestFiles, ManifestKind, ManifestOrigin } from '../../src/manifest/source.js';

const folders: readonly {
  readonly kind: ManifestKind;
  readonly origin: ManifestOrigin;
  readonly path: string;
}[] = [
  { kind: 'bottle', origin: 'home', path: 'bottles' },
  { kind: 'agent', origin: 'home', path: 'agents' },
  { kind: 'bottle', origin: 'repository', path: 'repository/bottles' },
  { kind: 'agent', origin: 'repository', path: 'repository/agents' },
];

/** The manifests of a fixture folder, shown by their path in it. */
export function manifestsIn(folder: string): ManifestFiles {
  const files = folders.flatMap(({ kind, origin, path }) => {
    if (!existsSync(join(folder, path))) return [];
    return readdirSync(join(folder, path))
      .sort()
      .map((entry): ManifestFile => {
        const text = readBounded(join(folder, path, entry), origin === 'repository');
        const shown = `${path}/${entry}`;
        return {
          kind,
          origin,
          name: entry.replace(/\.md$/, ''),
          path: `/manifests/${shown}`,
          shown,
          ...text,
        };
      });
  });
  return { files, userHome: '/home/user' };
}

/** Bottles and agents written in a test: name to YAML. */
export function manifestsOf(
  bottles: Readonly<Record<string, string>>,
  agents: Readonly<Record<string, string>> = {},
): ManifestFiles {
  const file = (kind: ManifestKind, folder: string, name: string, yaml: string): ManifestFile => {
    const shown = `${folder}/${name}.md`;
    return { kind, origin: 'home', name, path: `/manifests/${shown}`, shown, text: `---\n${yaml}\n---\n` };
  };
  return {
    files: [
      ...Object.entries(bottles).map(([name, yaml]) => file('bottle', 'bottles', name, yaml)),
      ...Object.entries(agents).map(([name, yaml]) => file('agent', 'agents', name, yaml)),
    ],
    userHome: '/home/user',
  };
}
