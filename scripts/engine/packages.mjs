// What the engine needs of Debian, by apt as the machine configures it.
import { existsSync } from 'node:fs';
import { run, succeeds } from './tools.mjs';

const needed = [
  { program: 'dockerd', name: 'docker.io' },
  { program: 'iptables', name: 'iptables' },
  { program: 'ip', name: 'iproute2' },
  { program: 'debootstrap', name: 'debootstrap' },
  { program: 'xz', name: 'xz-utils' },
];

const directories = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const installed = (program) => directories.some((directory) => existsSync(`${directory}/${program}`));

// RUNLEVEL=1: packages don't start their services, the engine is started by hand.
export const aptEnvironment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
export const aptOptions = ['-y', '-qq', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=3'];

export function installPackages() {
  const missing = needed.filter(({ program }) => !installed(program)).map(({ name }) => name);
  if (missing.length === 0) return;
  const install = ['install', ...aptOptions, '--no-install-recommends', ...missing];
  if (succeeds('apt-get', [...install, '--dry-run'])) {
    // The lists on the machine may be old enough to name packages that are gone.
    try {
      run('apt-get', install, { env: aptEnvironment });
      return;
    } catch {}
  }
  run('apt-get', ['update', ...aptOptions], { env: aptEnvironment });
  run('apt-get', install, { env: aptEnvironment });
}
