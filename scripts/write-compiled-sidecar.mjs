// Runs the built sidecar, and writes beside it what V8 has compiled of it by its end; compile-sidecar.mjs asks and ends it.
import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadModule, root } from './detection/load.mjs';

const { openBundle, compiledFile } = await loadModule('src/sidecar/compiled-bundle.ts');
const dist = join(root, 'dist');
const bundle = openBundle(dist);
process.once('exit', (code) => {
  if (code !== 0) return;
  const path = join(dist, compiledFile);
  writeFileSync(`${path}.new`, bundle.compiled());
  // Whatever the sidecar's umask: who may read the bundle may read this.
  chmodSync(`${path}.new`, 0o644);
  renameSync(`${path}.new`, path);
});
bundle.run();
