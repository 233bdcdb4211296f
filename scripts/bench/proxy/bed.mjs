// The test bed: upstream, load generator and a process for each rig, all on loopback, all gone after stop().
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { firstLine, startProgram } from '../shared/processes.mjs';
import { startGenerator } from './load/generator.mjs';

const upstreamMain = join(dirname(fileURLToPath(import.meta.url)), 'upstream/main.mjs');
const newHostCount = 2000;

export const knownHost = 'known.bench.test';

async function startUpstream() {
  const program = startProgram(process.execPath, [upstreamMain]);
  const { port, certificate } = await firstLine(program);
  return { port, certificate, pids: [program.child.pid], stop: program.stop };
}

export async function makeBed({ profile }) {
  const folder = mkdtempSync(join(tmpdir(), 'bot-bottle-bench-'));
  const clean = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  process.once('exit', clean);
  // A rig that drops root's rights (squid) reads its own folder below.
  chmodSync(folder, 0o755);
  const upstream = await startUpstream();
  const load = startGenerator();
  const newHosts = Array.from({ length: newHostCount }, (_, index) => `new${index}.bench.test`);
  const instances = new Map();
  const running = new Set();

  async function start(rig, options) {
    const own = join(folder, `rig${running.size}-${Date.now()}`);
    mkdirSync(own);
    const context = { upstream, folder: own, names: [knownHost, ...newHosts], profile, ...options };
    const { connect, pids, stop } = await rig.start(context);
    const instance = { target: connect, pids, stop };
    running.add(instance);
    return instance;
  }

  return {
    load,
    upstream,
    newHosts,
    start,
    /** The one process of a rig with these options, started when it is first asked for. */
    async shared(rig, options = {}) {
      const key = `${rig.name} ${JSON.stringify(options)}`;
      if (!instances.has(key)) instances.set(key, await start(rig, options));
      return instances.get(key);
    },
    async release(instance) {
      running.delete(instance);
      await instance.stop();
    },
    async stop() {
      load.stop();
      await Promise.allSettled([...running, upstream].map((part) => part.stop()));
      process.off('exit', clean);
      clean();
    },
  };
}
