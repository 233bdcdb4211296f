// Where the test engine keeps what it makes, and how it is reached. Nothing here is the system's own Docker.
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Downloads, root file systems and the engine's data; outside git, and safe to delete while the engine is down. */
export const cache = process.env.BOT_BOTTLE_ENGINE_DIR ?? join(root, '.cache/engine');

// A unix socket's path may have 107 bytes: it can't lie under a checkout of any depth.
const run = `/run/bot-bottle-engine-${createHash('sha256').update(cache).digest('hex').slice(0, 8)}`;

export const places = {
  run,
  data: join(cache, 'data'),
  exec: join(run, 'exec'),
  socket: join(run, 'docker.sock'),
  pidFile: join(run, 'docker.pid'),
  configuration: join(run, 'daemon.json'),
  log: join(cache, 'dockerd.log'),
  downloads: join(cache, 'downloads'),
};

export const dockerHost = `unix://${places.socket}`;

/** Own addresses: the engine's bridge and, by 64ths, its networks. Private, and unusual enough to meet nobody's. */
export const addresses = {
  bridge: '10.213.0.1/24',
  pool: '10.214.0.0/16',
  poolSize: 26,
  poolPrefix: '10.214.',
};
export const bridgeName = 'bottle-engine0';
