// The test bed: upstream, load generator and a process for each rig, all on loopback, all gone after stop().
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ask, nextAnswer, startWorker } from '../shared/workers.mjs';
import { startGenerator } from './load/generator.mjs';

const upstreamMain = join(dirname(fileURLToPath(import.meta.url)), 'upstream/main.mjs');
const newHostCount = 2000;

export const knownHost = 'known.bench.test';

/** A name whose server shows a certificate that no rig has a reason to trust. */
const strangerHost = 'stranger.bench.test';

async function startUpstream() {
  const worker = startWorker(upstreamMain);
  const { port, certificate } = await nextAnswer(worker);
  return {
    port,
    certificate,
    pids: [worker.pid],
    /** Requests and TLS connections that it has served so far. */
    served: () => ask(worker, 'served'),
    stop: async () => worker.disconnect(),
  };
}

const isAlive = ({ pids }) => pids.every((pid) => existsSync(`/proc/${pid}`));

export async function makeBed({ profile }) {
  const folder = mkdtempSync(join(tmpdir(), 'bot-bottle-bench-'));
  const clean = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  process.once('exit', clean);
  // A rig that drops root's rights (squid) reads its own folder below.
  chmodSync(folder, 0o755);
  const [upstream, stranger] = await Promise.all([startUpstream(), startUpstream()]);
  const load = startGenerator();
  const newHosts = Array.from({ length: newHostCount }, (_, index) => `new${index}.bench.test`);
  const instances = new Map();
  const running = new Set();

  async function start(rig, options) {
    const own = mkdtempSync(join(folder, 'rig-'));
    const names = [knownHost, strangerHost, ...newHosts];
    const context = { upstream, folder: own, names, stranger: { host: strangerHost, port: stranger.port } };
    const { connect, ...others } = await rig.start({ ...context, profile, ...options });
    const instance = { target: connect, ...others };
    running.add(instance);
    return instance;
  }

  /** Whether a rig leads to a server whose certificate it can't verify; null where it never came to it. */
  async function trustsStrangers(rig) {
    const { target } = await shared(rig);
    const authorityPort = target.authorityPort === upstream.port ? stranger.port : target.authorityPort;
    const before = await stranger.served();
    await load.run('connections', { hosts: [strangerHost] }, { ...target, authorityPort });
    const { requests, sockets } = await stranger.served();
    return sockets === before.sockets ? null : requests > before.requests;
  }

  /** The one process of a rig with these options, started when it is first asked for and when it is gone. */
  async function shared(rig, options = {}) {
    const key = `${rig.name} ${JSON.stringify(options)}`;
    const before = instances.get(key);
    if (before && isAlive(await before)) return before;
    const instance = start(rig, options);
    instances.set(key, instance);
    return instance;
  }

  return {
    load,
    upstream,
    newHosts,
    start,
    shared,
    trustsStrangers,
    async release(instance) {
      running.delete(instance);
      await instance.stop();
    },
    async stop() {
      load.stop();
      await Promise.allSettled([...running, upstream, stranger].map((part) => part.stop()));
      process.off('exit', clean);
      clean();
    },
  };
}
