// Bundles what runs: the CLI (split, so that a command loads only its own part), the sidecar, and what goes into a sandbox.
import { chmodSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { generateRegistries } from './registry.mjs';
import { generateValidators } from './validators.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
generateRegistries(root);
generateValidators(root);

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
  legalComments: 'none',
};
// Bundled CommonJS packages call require; an ES module has none of its own.
const requireBanner = {
  js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
};

rmSync(join(root, 'dist'), { recursive: true, force: true });
await Promise.all([
  build({
    ...shared,
    entryPoints: { cli: 'cli.ts' },
    outdir: 'dist',
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    banner: requireBanner,
    // Native, and loaded by those commands alone that need it.
    external: ['better-sqlite3', 'react-devtools-core'],
    define: { 'process.env.NODE_ENV': '"production"' },
  }),
  build({
    ...shared,
    entryPoints: { sidecar: 'src/sidecar/main.ts' },
    outdir: 'dist',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
  }),
  build({
    ...shared,
    entryPoints: {
      init: 'src/init/main.ts',
      'node-proxy': 'src/init/node-proxy.ts',
      'node-proxy-agent': 'src/init/node-proxy-agent.ts',
    },
    outdir: 'dist',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
  }),
]);
chmodSync(join(root, 'dist/cli.js'), 0o755);
