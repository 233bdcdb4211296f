import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Which layers each may import; the design's table. A layer that isn't here fails the test. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  kernel: [],
  policy: ['contract'],
  manifest: ['policy', 'contract'],
  plan: ['manifest', 'policy', 'contract'],
  providers: ['plan', 'manifest', 'policy', 'contract'],
  workspace: ['plan', 'manifest', 'policy', 'contract'],
  backends: ['workspace', 'plan', 'manifest', 'policy', 'contract'],
  host: ['plan', 'manifest', 'policy', 'contract'],
  sidecar: ['policy', 'contract'],
  init: ['contract'],
  console: ['plan', 'manifest', 'policy', 'contract'],
  tui: ['console', 'host', 'plan', 'manifest', 'policy', 'contract'],
  launch: ['console', 'host', 'backends', 'workspace', 'providers', 'plan', 'manifest', 'policy', 'contract'],
  demo: ['console', 'host', 'plan', 'manifest', 'policy', 'contract'],
  commands: [
    'tui',
    'demo',
    'launch',
    'console',
    'host',
    'backends',
    'workspace',
    'providers',
    'plan',
    'manifest',
    'policy',
    'contract',
  ],
};
const pure = ['contract', 'policy', 'manifest', 'plan'];
const effects =
  /^node:(fs|net|tls|http|https|http2|dgram|dns|child_process|worker_threads|cluster|os|process)(\/|$)/;
const longestFile = 300;

interface Source {
  readonly path: string;
  readonly layer: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const sources = readSources();

function readSources(): Source[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('.generated.'))
    .map((file) => {
      const path = join('src', file);
      const text = readFileSync(join(root, path), 'utf8');
      const imports = [...text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)'([^']+)'/g)].map(
        (match) => match[1] ?? '',
      );
      return { path, layer: file.split('/')[0] ?? '', text, imports };
    });
}

function layerOf(source: Source, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null;
  return relative(join(root, 'src'), join(root, dirname(source.path), specifier)).split('/')[0] ?? null;
}

describe('layers', () => {
  it('reads the sources', () => {
    expect(sources.length).toBeGreaterThan(30);
  });

  it('every folder of src is a layer of the table, and a compiler project', () => {
    const folders = readdirSync(join(root, 'src'));
    expect(folders.filter((folder) => !Object.hasOwn(mayImport, folder))).toEqual([]);
    const projects = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')).references.map(
      ({ path }: { path: string }) => path,
    );
    expect(folders.filter((folder) => !projects.includes(`./src/${folder}`))).toEqual([]);
  });

  it('an import goes down only', () => {
    const wrong = sources.flatMap((source) =>
      source.imports.flatMap((specifier) => {
        const target = layerOf(source, specifier);
        const allowed =
          target === null || target === source.layer || mayImport[source.layer]?.includes(target);
        return allowed ? [] : [`${source.path} imports ${specifier}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('pure layers touch nothing of the machine', () => {
    const wrong = sources.flatMap((source) => {
      if (!pure.includes(source.layer)) return [];
      const typeOnly = new Set(
        [...source.text.matchAll(/import type [^;]*? from '([^']+)'/g)].map((match) => match[1]),
      );
      return source.imports
        .filter((name) => effects.test(name) && !typeOnly.has(name))
        .map((name) => `${source.path} imports ${name}`);
    });
    expect(wrong).toEqual([]);
  });

  it('only the command line decides how its process ends', () => {
    const entries = ['src/sidecar/main.ts', 'src/init/main.ts'];
    const wrong = sources.filter(({ path, text }) => !entries.includes(path) && /process\.exit\(/.test(text));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('one place of the command line starts processes', () => {
    const wrong = sources.filter(
      ({ path, layer, imports }) =>
        layer !== 'init' &&
        path !== 'src/host/processes.ts' &&
        imports.some((name) => name === 'node:child_process'),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('no file is longer than its bound', () => {
    const long = sources.filter(({ text }) => text.split('\n').length - 1 > longestFile);
    expect(long.map(({ path }) => path)).toEqual([]);
  });
});
