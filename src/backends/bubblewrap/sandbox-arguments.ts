import { bottlePaths } from '../../plan/bottle-paths.js';
import type { OwnMount } from '../../workspace/protection.js';
import type { Features } from './version.js';

/** What the sandbox is made of, as paths that the user who runs bwrap can reach. */
export interface Sources {
  /** Our own folder. */
  readonly sandbox: string;
  readonly node: string;
  readonly workspace: string;
}

export interface SandboxRequest {
  readonly features: Features;
  readonly sources: Sources;
  readonly mounts: readonly OwnMount[];
  /** Options that give the system's files and certificates. */
  readonly system: readonly string[];
  readonly certificates: readonly string[];
  /** Without a terminal of its own the agent gets no terminal at all. */
  readonly terminal: boolean;
  readonly seccompDescriptor: number | null;
  /** What the first process is told. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Bytes: what an agent may fill of the machine's memory through files. */
const folderSize = 4 * 1024 ** 3;
const sharedMemorySize = 512 * 1024 ** 2;

/** bwrap's options, in the order in which it acts on them. */
export function sandboxArguments(request: SandboxRequest): string[] {
  const { features, sources, mounts, terminal } = request;
  return [
    ...namespaces(features),
    ...(terminal ? [] : ['--new-session']),
    ...request.system,
    ...['--proc', '/proc', '--dev', '/dev'],
    ...memoryFolder(features, '1777', sharedMemorySize, '/dev/shm'),
    ...['--remount-ro', '/dev'],
    ...memoryFolder(features, '1777', folderSize, '/tmp'),
    ...memoryFolder(features, '0700', folderSize, bottlePaths.home),
    ...['--dir', '/run', '--dir', '/var'],
    ...['--ro-bind', sources.sandbox, bottlePaths.ours],
    ...['--ro-bind', sources.node, bottlePaths.node],
    ...request.certificates,
    ...['--bind', sources.workspace, bottlePaths.workspace],
    ...mounts.flatMap(({ path, readOnly }) => [
      readOnly ? '--ro-bind' : '--bind',
      `${sources.workspace}/${path}`,
      `${bottlePaths.workspace}/${path}`,
    ]),
    ...['--remount-ro', '/'],
    ...['--chdir', bottlePaths.workspace],
    ...(request.seccompDescriptor === null ? [] : ['--seccomp', String(request.seccompDescriptor)]),
    ...Object.entries(request.environment).flatMap(([name, value]) => ['--setenv', name, value]),
  ];
}

/** Every namespace there is; the agent is an ordinary user in them, and can make no further ones. */
export function namespaces(features: Features): string[] {
  return [
    '--unshare-user',
    '--unshare-pid',
    '--unshare-net',
    '--unshare-ipc',
    '--unshare-uts',
    '--unshare-cgroup-try',
    ...(features.disableUserNamespaces ? ['--disable-userns'] : []),
    '--die-with-parent',
    ...['--uid', '1000', '--gid', '1000', '--hostname', 'bottle'],
  ];
}

function memoryFolder(features: Features, permissions: string, size: number, path: string): string[] {
  const bound = features.sizedFolders ? ['--size', String(size)] : [];
  return ['--perms', permissions, ...bound, '--tmpfs', path];
}
