import { join } from 'node:path';
import type { BackendServices } from '../plan/ports.js';
import { builtFolder } from './package-files.js';
import { processes } from './processes.js';
import { createRuntimeDirectory, runtimeRoot } from './runtime-directory.js';
import { openSidecar, type SidecarListener } from './sidecar-session.js';

/** What the host lends to a backend. @param listener hears what the bottle's sidecar says */
export function hostServices(
  environment: Readonly<Record<string, string | undefined>>,
  listener: SidecarListener | null = null,
): BackendServices {
  const built = builtFolder();
  return {
    environment,
    processes,
    bundles: {
      sidecar: join(built, 'sidecar.cjs'),
      sidecarStart: join(built, 'sidecar-start.cjs'),
      init: join(built, 'init.cjs'),
      nodeProxy: join(built, 'node-proxy.cjs'),
    },
    runtimeDirectory: (bottle) => createRuntimeDirectory(bottle, runtimeRoot(environment)),
    openSidecar: (streams, configuration, onEvent) => openSidecar(streams, configuration, onEvent, listener),
  };
}
