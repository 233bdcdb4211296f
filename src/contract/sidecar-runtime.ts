/**
 * How Node runs a sidecar: for little memory. By itself V8 lets garbage pile up to hundreds of megabytes before it
 * collects a heap that holds fifteen, and the C library keeps an arena for each thread, and what was freed. A smaller
 * first heap than 48 MB costs a quarter of the requests a second. `gc` is for the one moment after the detectors are built.
 */
export const sidecarRuntime = {
  flags: [
    '--expose-gc',
    '--max-semi-space-size=4',
    '--initial-old-space-size=48',
    '--max-old-space-size=512',
  ],
  /** Read by the GNU C library when the process starts. */
  environment: { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '65536' },
} as const;
