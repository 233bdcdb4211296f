// Bundles what runs: the CLI (split, so that a command loads only its own part), the sidecar, and what goes into a sandbox.
import { chmodSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { compileSidecar } from './compile-sidecar.mjs';
import { generateSources } from './generate.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
await generateSources(root);

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  // Puts numbers that never change where they are used: a tenth of a scan.
  minifySyntax: true,
  logLevel: 'warning',
  legalComments: 'none',
};
// Bundled CommonJS packages call require and read __dirname; an ES module has neither.
const requireBanner = {
  js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url); const __dirname = import.meta.dirname;",
};

// The Docker client brings ssh2, which is half of it, and BuildKit's gRPC and messages. The first is a file of its own,
// read when an engine is reached by ssh; the others are for builds that we don't ask for. All would cost every start 40 ms.
const overSsh = 'engine-over-ssh';
const leanDocker = {
  name: 'lean-docker',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /\/dockerode\/lib\/(session|buildkit)\.js$/ }, () => ({
      contents: "module.exports = () => { throw new Error('BuildKit is not bundled'); };",
    }));
    onResolve({ filter: new RegExp(`/${overSsh}\\.cjs$`) }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /\/docker-modem\/lib\/modem\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(
        /ssh = require\('\.\/ssh'\)/,
        `ssh = (...options) => require('../${overSsh}.cjs')(...options)`,
      ),
    }));
  },
};

// The parsers that gray-matter brings are never asked (src/manifest/front-matter.ts): one evaluates JavaScript, and to load
// another with what that brings would cost every start 10 ms.
const leanFrontMatter = {
  name: 'lean-front-matter',
  setup({ onLoad }) {
    onLoad({ filter: /\/gray-matter\/lib\/engines\.js$/ }, () => ({ contents: 'module.exports = {};' }));
  },
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
    plugins: [leanDocker, leanFrontMatter],
    // Native, and loaded by those commands alone that need it.
    external: ['better-sqlite3', 'react-devtools-core', 'cpu-features', '*.node'],
    define: { 'process.env.NODE_ENV': '"production"' },
  }),
  build({
    ...shared,
    entryPoints: { [overSsh]: 'node_modules/docker-modem/lib/ssh.js' },
    outdir: 'dist',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    external: ['cpu-features', '*.node'],
  }),
  build({
    ...shared,
    entryPoints: { sidecar: 'src/sidecar/entry.ts', 'sidecar-start': 'src/sidecar/start.ts' },
    outdir: 'dist',
    format: 'cjs',
    // V8 keeps the source in each thread's heap, and with one letter beyond Latin-1, as in a comment, at two bytes each.
    minifyWhitespace: true,
    charset: 'ascii',
    outExtension: { '.js': '.cjs' },
  }),
  build({
    ...shared,
    entryPoints: {
      init: 'src/init/main.ts',
      'container-walls': 'src/init/container-walls.ts',
      'node-proxy': 'src/init/node-proxy.ts',
      'node-proxy-agent': 'src/init/node-proxy-agent.ts',
    },
    outdir: 'dist',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
  }),
]);
chmodSync(join(root, 'dist/cli.js'), 0o755);
await compileSidecar();
