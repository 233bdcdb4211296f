// The peers' packages: which are there, and `--install-peers`, which gets the others.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages, must, root } from '../../setup.mjs';

/** Where peers live that are too large to be dependencies of a checkout (mockttp doubles its packages). */
export const cachedPackages = join(root, '.cache/bench/peers');
const wanted = ['mockttp@4.6.5'];

function versionIn(folder, name) {
  try {
    return JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;
  } catch {
    return null;
  }
}

export const dependencyVersion = (name) => versionIn(root, name);
export const cachedVersion = (name) => versionIn(cachedPackages, name);

export function installPeers() {
  // Squid's program lies in a folder that is not in an ordinary user's PATH.
  process.env.PATH = `${process.env.PATH}:/usr/sbin`;
  ensurePackages({ mitmdump: 'mitmproxy', squid: 'squid-openssl' });
  mkdirSync(cachedPackages, { recursive: true });
  writeFileSync(join(cachedPackages, 'package.json'), '{"private":true}\n');
  must(
    'npm',
    ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--silent', ...wanted],
    'see above',
    {
      cwd: cachedPackages,
    },
  );
}
