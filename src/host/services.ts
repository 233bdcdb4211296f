import { join } from 'node:path';
import type { BackendServices } from '../plan/ports.js';
import { builtFolder } from './package-files.js';
import { processes } from './processes.js';
import { createRuntimeDirectory, runtimeRoot } from './runtime-directory.js';
import { openSidecar } from './sidecar-session.js';

/** What the host lends to a backend. */
export function hostServices(environment: Readonly<Record<string, string | undefined>>): BackendServices {
  const built = builtFolder();
  return {
    environment,
    processes,
    bundles: {
      sidecar: join(built, 'sidecar.cjs'),
      init: join(built, 'init.cjs'),
      nodeProxy: join(built, 'node-proxy.cjs'),
    },
    runtimeDirectory: (bottle) => createRuntimeDirectory(bottle, runtimeRoot(environment)),
    openSidecar,
  };
}
