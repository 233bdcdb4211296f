import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processes } from '../../src/host/processes.js';
import type { RunOptions, RunResult } from '../../src/plan/ports.js';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** The built command line. */
export const cli = join(root, 'dist/cli.js');

/** Runs one of our commands to its end. */
export function runBuilt(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return processes.run(process.execPath, [cli, ...args], { timeout: 100_000, ...options });
}

/**
 * The same in a view of the file system of its own, where other files lie over some.
 *
 * @param mounts paths that are hidden, and what lies over them
 */
export function runBuiltOver(
  mounts: Readonly<Record<string, string>>,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const pairs = Object.entries(mounts).flatMap(([path, over]) => [over, path]);
  const script = `for at in $(seq ${pairs.length / 2}); do mount --bind "$1" "$2"; shift 2; done; exec "$@" <"$0"`;
  const command = [...pairs, process.execPath, cli, ...args];
  // Its input is a file, whatever is in it.
  return processes.run('unshare', ['--mount', 'sh', '-ec', script, cli, ...command], {
    timeout: 100_000,
    ...options,
  });
}
