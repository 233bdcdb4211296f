import { appendFileSync, chmodSync, chownSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { bottlePaths } from '../../plan/bottle-paths.js';
import type { BackendServices } from '../../plan/ports.js';
import type { AgentIdentity } from '../../workspace/identity.js';
import { ownSettings, systemCertificates } from './system-files.js';

/**
 * What the sandbox has mounted read-only as the bottle's own folder, at {@link bottlePaths.ours}. Any user may read it;
 * the private directory that it lies in keeps the host's other users out.
 */
export interface SandboxFolder {
  readonly path: string;
  readonly socket: string;
}

/** Makes the folders, so that the sidecar has a place for its socket. */
export function makeSandboxFolder(directory: string): SandboxFolder {
  const path = join(directory, 'sandbox');
  for (const name of ['', 'etc', 'bin', 'sockets']) {
    mkdirSync(join(path, name));
    chmodSync(join(path, name), 0o755);
  }
  return { path, socket: join(path, inside(bottlePaths.proxySocket)) };
}

/** Puts in all that is known before the sidecar answers. */
export function fillSandboxFolder(
  { path }: SandboxFolder,
  bundles: BackendServices['bundles'],
  gitExcludes: readonly string[],
): void {
  const write = (name: string, content: string) => {
    writeFileSync(join(path, name), content);
    chmodSync(join(path, name), 0o644);
  };
  for (const [name, content] of Object.entries(ownSettings)) write(join('etc', name), content);
  write(inside(bottlePaths.gitExcludes), gitExcludes.map((line) => `${line}\n`).join(''));
  // Mount points, and a file that is mounted in two places before it is whole.
  write(inside(bottlePaths.node), '');
  write(inside(bottlePaths.certificates), systemCertificates() || rootCertificates.join('\n'));
  const nodeProxyAgent = join(dirname(bundles.nodeProxy), 'node-proxy-agent.cjs');
  for (const bundle of [bundles.init, bundles.nodeProxy, nodeProxyAgent]) {
    copyFileSync(bundle, join(path, basename(bundle)));
    chmodSync(join(path, basename(bundle)), 0o644);
  }
}

/** Completes the certificates once the bottle's own is known, and lets the agent's user connect to the sidecar. */
export function openSandboxFolder(
  { path, socket }: SandboxFolder,
  certificates: readonly string[],
  identity: AgentIdentity,
): void {
  appendFileSync(join(path, inside(bottlePaths.certificates)), ['', ...certificates, ''].join('\n'));
  if (identity.kind === 'lowered') chownSync(socket, identity.uid, identity.gid);
  chmodSync(socket, 0o600);
}

function inside(path: string): string {
  return path.slice(bottlePaths.ours.length + 1);
}
