/**
 * How Node runs a sidecar: for little memory. By itself V8 lets garbage pile up to hundreds of megabytes before it
 * collects a heap that holds fifteen, and the C library keeps an arena for each thread, and what was freed. Of the 192 MB at most some
 * twenty are in use; bodies are held outside of it.
 */
export const sidecarRuntime = {
  flags: ['--max-semi-space-size=4', '--initial-old-space-size=16', '--max-old-space-size=192'],
  /** Read by the GNU C library when the process starts. */
  environment: { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '65536' },
} as const;
