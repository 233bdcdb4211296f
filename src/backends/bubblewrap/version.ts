import { BottleError } from '../../contract/errors.js';
import type { Processes } from '../../plan/ports.js';
import { isFilterable } from './seccomp.js';
import { systemPath } from './system-path.js';

/** What the installed bwrap can do (its NEWS file). */
export interface Features {
  readonly version: string;
  /** --perms and --clearenv: 0.5.0. */
  readonly supported: boolean;
  /** --size: 0.7.0. */
  readonly sizedFolders: boolean;
  /** --disable-userns: 0.8.0. */
  readonly disableUserNamespaces: boolean;
}

/** Reads `bubblewrap 0.8.0`; null when it is something else. */
export function featuresOf(versionOutput: string): Features | null {
  const match = /^bubblewrap (\d+)\.(\d+)\.(\d+)/.exec(versionOutput);
  if (!match) return null;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  const atLeast = (wanted: number) => major > 0 || minor >= wanted;
  return {
    version: `${match[1]}.${match[2]}.${match[3]}`,
    supported: atLeast(5),
    sizedFolders: atLeast(7),
    disableUserNamespaces: atLeast(8),
  };
}

/** What stands between the agent and this machine's kernel, in one line, and what doesn't. */
export function barrierOf({ version, disableUserNamespaces }: Features): string {
  return [
    `bubblewrap ${version}`,
    'namespaces',
    isFilterable(process.arch) ? 'filter of system calls' : 'NO filter of system calls',
    ...(disableUserNamespaces ? ['no namespaces within'] : []),
  ].join(', ');
}

/** Asks the installed bwrap; refuses one that is missing or too old to build the sandbox with. */
export async function installedFeatures(processes: Processes): Promise<Features> {
  const { stdout } = await processes.run('bwrap', ['--version'], { environment: { PATH: systemPath } });
  const features = featuresOf(stdout);
  if (features?.supported) return features;
  throw new BottleError({
    code: 'host-not-ready',
    message: features
      ? `bubblewrap ${features.version} is too old: 0.5.0 is needed`
      : 'bubblewrap is not installed',
    hint: 'sudo apt-get install -y bubblewrap',
  });
}
