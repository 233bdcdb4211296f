import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { until } from './bottles.js';
import type { TestEngine } from './engine.js';

/** A second engine, for as long as a test runs, whose containers resolve names at the given server. */
export interface CanaryEngine extends AsyncDisposable {
  readonly docker: Docker;
  readonly address: string;
}

/** Another engine's policy is to drop what no rule lets pass, between two ports of one bridge too: bottles' networks may. */
const withinBottles = ['FORWARD', '-s', '198.18.0.0/15', '-d', '198.18.0.0/15', '-j', 'ACCEPT'];

/** Needs root. Has no rules of its own in iptables and no bridge but those of its bottles, so that it doesn't touch another engine's. */
export async function startCanaryEngine(nameServer: string): Promise<CanaryEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'bot-bottle-engine-'));
  // Members of the group docker must get through to the socket.
  chmodSync(folder, 0o711);
  const socketPath = join(folder, 'docker.sock');
  const options = [
    `--data-root=${join(folder, 'data')}`,
    `--exec-root=${join(folder, 'exec')}`,
    `--pidfile=${join(folder, 'docker.pid')}`,
    `--host=unix://${socketPath}`,
    `--dns=${nameServer}`,
    ...['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false'],
    '--default-address-pool=base=10.215.0.0/16,size=26',
    '--shutdown-timeout=1',
  ];
  const daemon = spawn('dockerd', options, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  daemon.stderr.on('data', (chunk) => {
    log = (log + chunk).slice(-4000);
  });
  const ended = once(daemon, 'exit');
  execFileSync('iptables', ['-w', '-I', ...withinBottles]);
  const docker = new Docker({ socketPath });
  let ready = false;
  const ask = () => {
    docker.ping().then(
      () => {
        ready = true;
      },
      () => daemon.exitCode === null && setTimeout(ask, 50),
    );
  };
  ask();
  await until(
    'the second engine answers',
    () => {
      if (daemon.exitCode !== null) throw new Error(`dockerd ended: ${log}`);
      return ready;
    },
    30_000,
  );
  return {
    docker,
    address: `unix://${socketPath}`,
    async [Symbol.asyncDispose]() {
      daemon.kill('SIGTERM');
      await ended;
      execFileSync('iptables', ['-w', '-D', ...withinBottles]);
      const mounts = readFileSync('/proc/self/mounts', 'utf8')
        .split('\n')
        .map((line) => line.split(' ')[1] ?? '');
      for (const path of mounts.filter((path) => path.startsWith(`${folder}/`)).reverse()) {
        await once(spawn('umount', ['-l', path], { stdio: 'ignore' }), 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Copies images from one engine to the other. */
export async function copyImages(from: TestEngine, to: Docker, tags: readonly string[]): Promise<void> {
  for (const tag of tags) {
    const answer = await to.loadImage(await from.docker.getImage(tag).get());
    answer.resume();
    await once(answer, 'end');
  }
}
