import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BackendServices } from '../plan/ports.js';
import { processes } from './processes.js';
import { createRuntimeDirectory } from './runtime-directory.js';
import { openSidecar } from './sidecar-session.js';

/** What the host lends to a backend. */
export function hostServices(environment: Readonly<Record<string, string | undefined>>): BackendServices {
  const built = builtFolder();
  return {
    processes,
    bundles: {
      sidecar: join(built, 'sidecar.cjs'),
      init: join(built, 'init.cjs'),
      nodeProxy: join(built, 'node-proxy.cjs'),
    },
    runtimeDirectory: (bottle) => createRuntimeDirectory(bottle, environment),
    openSidecar,
  };
}

/** The bundles lie beside the one that runs, which may itself be a chunk in a folder below. */
function builtFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  return here.endsWith('chunks') ? dirname(here) : here;
}
