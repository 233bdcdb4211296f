// gVisor's runsc from trixie, unpacked into the cache: Debian 12's own is of 2022 and the machine's sources stay as they are.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aptEnvironment, aptOptions } from './packages.mjs';
import { cache, places } from './places.mjs';
import { run } from './tools.mjs';

const folder = join(cache, 'runsc');
const program = join(folder, 'usr/bin/runsc');
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Path of runsc, or null where Debian has none for this machine. */
export function installGvisor(mirror) {
  if (existsSync(program)) return program;
  try {
    unpack(download(mirror));
    return program;
  } catch (thrown) {
    console.error(`engine: no gVisor: ${thrown.message}`);
    return null;
  }
}

/** apt with a source list and state of its own: it checks signatures, and the machine's lists stay untouched. */
function download(mirror) {
  const apt = join(places.downloads, 'apt');
  for (const part of ['state/lists/partial', 'cache/archives/partial', 'etc/apt.conf.d', 'etc/preferences.d'])
    mkdirSync(join(apt, part), { recursive: true });
  writeFileSync(join(apt, 'sources.list'), `deb [signed-by=${keyring}] ${mirror} trixie main\n`);
  const own = [
    `Dir::Etc::sourcelist=${join(apt, 'sources.list')}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State=${join(apt, 'state')}`,
    `Dir::Cache=${join(apt, 'cache')}`,
    'Acquire::Languages=none',
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option]);
  run('apt-get', ['update', ...aptOptions, ...own], { env: aptEnvironment });
  run('apt-get', ['download', '-qq', ...own, 'runsc'], { cwd: places.downloads, env: aptEnvironment });
  const file = readdirSync(places.downloads).find((name) => /^runsc_.*\.deb$/.test(name));
  if (!file) throw new Error('apt downloaded no runsc');
  return join(places.downloads, file);
}

function unpack(file) {
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  run('dpkg-deb', ['-x', file, unfinished]);
  const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
  writeFileSync(join(unfinished, 'package.sha256'), `${digest}\n`);
  rmSync(folder, { recursive: true, force: true });
  renameSync(unfinished, folder);
}

// The default network mode wants kernel features that small virtual machines lack, and KVM must never be tried there.
// Without its gofer (directfs) gVisor 20240729 empties files on read-only mounts that are opened with O_TRUNC.
export const runtimeArguments = [
  '--platform=systrap',
  '--network=host',
  '--ignore-cgroups',
  '--directfs=false',
];
