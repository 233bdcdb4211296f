import type { SidecarConfiguration } from './sidecar.js';

/**
 * How Node runs a sidecar: for little memory. By itself V8 lets garbage pile up to hundreds of megabytes before it
 * collects a heap that holds fifteen, and the C library keeps an arena for each thread, and what was freed. A first heap
 * much smaller than 36 MB costs requests: with 24 it is collected all the time, and without a scan half of them are lost.
 * `gc` is for the moment after the detectors are built, and for buffers that died young. The young are collected by the
 * thread that made them: so few are not worth waking others for, and a tenth more requests go through. V8's own look
 * for garbage in a quiet moment throws away optimized code as well, so that what comes next would be slow; ours does not.
 */
export const sidecarRuntime = {
  flags: [
    '--expose-gc',
    '--max-semi-space-size=4',
    '--initial-old-space-size=36',
    '--max-old-space-size=512',
    '--no-parallel-scavenge',
    '--no-memory-reducer',
  ],
  /**
   * Read by the GNU C library when the process starts. Blocks of 32 KB, as V8's compilers take them by the hundred,
   * come from the kernel and go back to it at once: between others they would stay.
   */
  environment: {
    MALLOC_ARENA_MAX: '1',
    MALLOC_TRIM_THRESHOLD_: '65536',
    MALLOC_MMAP_THRESHOLD_: '32768',
  },
} as const;

/** Of a sidecar that leads nowhere: it runs so where it is built, so that what Node compiles of it can be kept. */
export const compilingConfiguration: SidecarConfiguration = {
  version: 1,
  bottle: 'compile',
  listen: { host: '127.0.0.1', port: 0 },
  routes: [],
  secrets: {},
  extraCertificateAuthorities: [],
  nameServers: [],
  unknownHost: 'block',
  holdTimeout: 1000,
};
