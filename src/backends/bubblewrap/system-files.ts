import { existsSync, lstatSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** Of /etc only what programs need to start and to find their files; nothing that holds a name or a secret of the host. */
const sharedSettings = [
  'alternatives',
  'bash.bashrc',
  'ca-certificates',
  'ca-certificates.conf',
  'crypto-policies',
  'debian_version',
  'fonts',
  'gai.conf',
  'inputrc',
  'java-11-openjdk',
  'java-17-openjdk',
  'java-21-openjdk',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'locale.alias',
  'localtime',
  'lsb-release',
  'magic',
  'magic.mime',
  'mime.types',
  'nanorc',
  'os-release',
  'perl',
  'pki/ca-trust/extracted',
  'pki/tls/certs',
  'pki/tls/openssl.cnf',
  'protocols',
  'python3',
  'python3.9',
  'python3.10',
  'python3.11',
  'python3.12',
  'python3.13',
  'rpc',
  'services',
  'shells',
  'ssl/certs',
  'ssl/openssl.cnf',
  'terminfo',
  'timezone',
  'vim',
];

/** Where distributions keep the one file of all trusted certificates. */
const certificateBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** In place of the host's: who is who in the bottle, and that no name is asked for anywhere. */
export const ownSettings: Readonly<Record<string, string>> = {
  passwd:
    'root:x:0:0:root:/root:/usr/sbin/nologin\nagent:x:1000:1000:agent:/home/agent:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  group: 'root:x:0:\nagent:x:1000:\nnogroup:x:65534:\n',
  hosts: '127.0.0.1 localhost bottle\n::1 localhost\n',
  'host.conf': 'multi on\n',
  hostname: 'bottle\n',
  'nsswitch.conf':
    'passwd: files\ngroup: files\nshadow: files\nhosts: files\nprotocols: files\nservices: files\n',
  'resolv.conf': '# No resolver: the sidecar looks names up.\n',
};

/** Directories beside /usr that a system's programs need, as this machine has them. */
const systemDirectories = [
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/nix/store',
  '/gnu/store',
];

/** bwrap's options that give the sandbox the system's files, read-only. */
export function systemArguments(ownSettingsFolder: string): string[] {
  return [
    ...['--ro-bind', '/usr', '/usr'],
    ...systemDirectories.flatMap(systemDirectory),
    ...sharedSettings
      .filter((name) => existsSync(`/etc/${name}`))
      .flatMap((name) => ['--ro-bind', `/etc/${name}`, `/etc/${name}`]),
    ...Object.keys(ownSettings).flatMap((name) => [
      '--ro-bind',
      join(ownSettingsFolder, name),
      `/etc/${name}`,
    ]),
  ];
}

/** A distribution with /bin in /usr has a link there. */
function systemDirectory(path: string): string[] {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (!status) return [];
  return status.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
}

/** Lays our own certificates over the system's, for programs that heed no variable. */
export function certificateArguments(bundle: string): string[] {
  const there = certificateBundles.filter((path) => existsSync(path)).map((path) => realpathSync(path));
  return [...new Set(there)]
    .filter((path) => path.startsWith('/etc/'))
    .flatMap((path) => ['--ro-bind', bundle, path]);
}

/** The system's own list of trusted certificates, PEM; empty where it has none. */
export function systemCertificates(): string {
  const path = certificateBundles.find((candidate) => existsSync(candidate));
  return path === undefined ? '' : readFileSync(path, 'utf8');
}
