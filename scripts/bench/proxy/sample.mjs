// Takes one sample: runs a case against a rig and reads what the processes used meanwhile.
import { cpuSeconds, machineSeconds, peakMegabytes, resetPeak } from '../shared/processes.mjs';
import { knownHost } from './bed.mjs';

const newHostsEach = 20;

/** Hands out names that a rig has not seen. */
export function createNameSource(names) {
  const next = new Map();
  return (rig) => {
    const from = next.get(rig.name) ?? 0;
    next.set(rig.name, from + newHostsEach);
    return names.slice(from, from + newHostsEach);
  };
}

/** The processes of a sample: each counts from when it joins. */
function createMeter(bed) {
  const members = [];
  const started = performance.now();
  const before = { client: cpuSeconds(bed.load.pids()), upstream: cpuSeconds(bed.upstream.pids) };
  const machineBefore = machineSeconds();
  return {
    join(instance) {
      if (members.some(({ pids }) => pids === instance.pids)) return instance;
      resetPeak(instance.pids);
      members.push({ pids: instance.pids, before: cpuSeconds(instance.pids) });
      return instance;
    },
    read() {
      const seconds = (performance.now() - started) / 1000;
      const proxy = members.reduce((sum, member) => sum + cpuSeconds(member.pids) - member.before, 0);
      const client = cpuSeconds(bed.load.pids()) - before.client;
      const upstream = cpuSeconds(bed.upstream.pids) - before.upstream;
      const others = Math.max(0, machineSeconds() - machineBefore - proxy - client - upstream);
      const peak = Math.max(0, ...members.map(({ pids }) => peakMegabytes(pids)));
      return { seconds, cpu: { proxy, client, upstream, others }, peak };
    },
  };
}

const heartbeat = 100;
/** Milliseconds without a heartbeat after which the machine, or its clock, must have stood still. */
const standstill = 2000;

/** Notices when this process, which only waits meanwhile, did not run. */
function watchForStandstill() {
  let last = performance.now();
  let longest = 0;
  const beat = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(beat, heartbeat);
  return () => {
    clearInterval(timer);
    beat();
    return longest > standstill ? longest : 0;
  };
}

/** Hands jobs to the load generator and counts the answers that came. */
function countAnswers(load) {
  const counted = { answers: 0, warmed: 0 };
  const run = async (...job) => {
    const result = await load.run(...job);
    counted.answers += result.latencies?.length ?? 0;
    counted.warmed += result.warmed ?? 0;
    return result;
  };
  return { counted, load: { run } };
}

/** An answer that the upstream did not give came out of a cache, or the like: then nothing of a proxy was measured. */
async function ensureServed(bed, before, answers) {
  const { requests, connections } = await bed.upstream.served();
  const served = requests - before.requests;
  if (served < answers) throw new Error(`${answers} answers, of which the upstream gave ${served}`);
  return { upstreamConnections: connections - before.connections };
}

async function measureCase(bed, benchCase, context) {
  const { counted, load } = countAnswers(bed.load);
  try {
    const before = await bed.upstream.served();
    const figures = await benchCase.measure({ ...context, load });
    // What warmed up took processor time too.
    const work = figures.work + counted.warmed;
    return { ...figures, work, ...(await ensureServed(bed, before, counted.answers)) };
  } catch (error) {
    return { failure: error.message, errors: 1 };
  }
}

/**
 * The case's figures, or `{failure}`; with `seconds`, `cpu` of proxy, client, upstream and all else, and `peak` megabytes.
 * `stoodStill` milliseconds: a virtual machine was paused meanwhile, so the sample says nothing.
 */
export async function takeSample(bed, rig, benchCase, { seconds, quick, newHosts }) {
  const opened = [];
  let shared = null;
  let failure = null;
  try {
    if (!benchCase.ownProcesses) shared = await bed.shared(rig);
  } catch (error) {
    failure = error.message;
  }
  const stopWatching = watchForStandstill();
  const meter = createMeter(bed);
  if (shared) meter.join(shared);
  const context = {
    target: shared?.target,
    host: knownHost,
    seconds,
    quick,
    newHosts,
    keep: async (options) => meter.join(await bed.shared(rig, options)),
    open: async (options) => {
      const instance = await bed.start(rig, options);
      opened.push(instance);
      return meter.join(instance);
    },
  };
  const figures = failure ? { failure, errors: 1 } : await measureCase(bed, benchCase, context);
  const used = meter.read();
  const stoodStill = stopWatching();
  for (const instance of opened) await bed.release(instance);
  return { ...figures, ...used, stoodStill };
}
