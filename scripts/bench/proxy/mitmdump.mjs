// Starts Debian's mitmdump, for the two rigs that measure it.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inPath } from '../../setup.mjs';
import { freePort, startProgram, untilListening } from '../shared/processes.mjs';

const addons = join(dirname(fileURLToPath(import.meta.url)), 'addons');

export const mitmdump = {
  kind: 'peer',
  missing: () => (inPath('mitmdump') ? null : 'Debian package mitmproxy'),
  version: () =>
    /Mitmproxy: (\S+)/.exec(spawnSync('mitmdump', ['--version'], { encoding: 'utf8' }).stdout)?.[1],
};

/** With the add-ons of these names, besides the one that leads every name to the upstream. */
export async function startMitmdump({ upstream, folder }, names) {
  const port = await freePort();
  const authority = join(folder, 'upstream.pem');
  writeFileSync(authority, upstream.certificate);
  const scripts = ['to_upstream', ...names].flatMap((name) => ['-s', join(addons, `${name}.py`)]);
  const settings = [
    `confdir=${folder}`,
    `ssl_verify_upstream_trusted_ca=${authority}`,
    'stream_large_bodies=1m',
    'flow_detail=0',
    'http2=false',
  ].flatMap((setting) => ['--set', setting]);
  const args = [
    '--quiet',
    '--listen-host',
    '127.0.0.1',
    '--listen-port',
    String(port),
    ...settings,
    ...scripts,
  ];
  const program = startProgram('mitmdump', args);
  program.child.stdout.resume();
  await untilListening(port, program);
  return {
    connect: {
      proxyPort: port,
      authorityPort: upstream.port,
      certificate: readFileSync(join(folder, 'mitmproxy-ca-cert.pem'), 'utf8'),
    },
    pids: [program.child.pid],
    stop: program.stop,
  };
}
