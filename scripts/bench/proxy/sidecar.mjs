// Starts the built sidecar with routes to the benchmark's upstream, for the rigs that measure bot-bottle.
import { join } from 'node:path';
import { loadModule } from '../../detection/load.mjs';
import { root } from '../../setup.mjs';
import { firstLine, startProgram } from '../shared/processes.mjs';

const builtSidecar = join(root, 'dist/sidecar-start.cjs');

/** What a bottle of the benchmark knows: made up; only the held requests have one in them. */
export const knownSecrets = {
  API_TOKEN: 'bench-4f0d8a66b1c7e2935ad0',
  DEPLOY_KEY: 'Zk3Vq9Xw2Lm7Tr5Yb8Nc1Hd6Pf4',
  REGISTRY_PASSWORD: 'user:correct-horse-battery-9f',
};

function route(host, upstream, settings) {
  return {
    host,
    scheme: 'https',
    matches: null,
    auth: null,
    headers: [],
    gitFetch: false,
    doh: false,
    dlp: { outbound: [], inbound: [], outboundOnMatch: 'block', inboundOnMatch: 'block' },
    connectTo: { host: '127.0.0.1', port: upstream.port },
    private: true,
    certificateAuthority: upstream.certificate,
    ...settings,
  };
}

/** `settings` go into every route: how a rig turns detectors on. `main` may be another build, to compare two. */
export async function startSidecar(
  { upstream, stranger, routes = 1, profile, secrets = {} },
  settings,
  main = builtSidecar,
) {
  const others = Array.from({ length: routes - 1 }, (_, index) => `route${index}.example.com`);
  const configuration = {
    version: 1,
    bottle: 'bench',
    listen: { host: '127.0.0.1', port: 0 },
    routes: [
      ...[...others, '*.bench.test'].map((host) => route(host, upstream, settings)),
      route(stranger.host, { ...upstream, port: stranger.port }, settings),
    ],
    secrets,
    extraCertificateAuthorities: [],
    nameServers: [],
    unknownHost: 'block',
    holdTimeout: 300_000,
  };
  const { sidecarRuntime } = await loadModule('src/contract/sidecar-runtime.ts');
  const flags = [...sidecarRuntime.flags, ...(profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [])];
  const env = { ...process.env, ...sidecarRuntime.environment };
  const program = startProgram(process.execPath, [...flags, main], { env });
  program.child.stdin.write(`${JSON.stringify(configuration)}\n`);
  const { type, certificate, port, message } = await firstLine(program);
  if (type !== 'ready') throw new Error(`the sidecar did not start: ${message}`);
  return {
    connect: { proxyPort: port, authorityPort: 443, certificate },
    pids: [program.child.pid],
    streams: { stdin: program.child.stdin, stdout: program.child.stdout },
    stop: program.stop,
  };
}
