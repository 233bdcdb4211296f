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

/** The case's figures, or `{failure}`; with `seconds`, `cpu` of proxy, client, upstream and all else that runs, and `peak` megabytes. */
export async function takeSample(bed, rig, benchCase, { seconds, quick, newHosts }) {
  const shared = await bed.shared(rig);
  const proxies = new Set(benchCase.fresh ? [] : shared.pids);
  const opened = [];
  const note = (instance) => {
    for (const pid of instance.pids) proxies.add(pid);
    return instance;
  };
  const context = {
    load: bed.load,
    target: shared.target,
    host: knownHost,
    seconds,
    quick,
    newHosts,
    keep: async (options) => note(await bed.shared(rig, options)),
    open: async (options) => {
      const instance = note(await bed.start(rig, options));
      opened.push(instance);
      return instance;
    },
  };
  resetPeak([...proxies]);
  const groups = () => [[...proxies], bed.load.pids, bed.upstream.pids].map(cpuSeconds);
  const before = groups();
  const machineBefore = machineSeconds();
  const started = performance.now();
  let figures;
  try {
    figures = await benchCase.measure(context);
  } catch (error) {
    figures = { failure: error.message, errors: 1 };
  }
  const elapsed = (performance.now() - started) / 1000;
  const [proxy, client, upstream] = groups().map((after, index) => after - before[index]);
  const others = Math.max(0, machineSeconds() - machineBefore - proxy - client - upstream);
  const peak = peakMegabytes([...proxies]);
  for (const instance of opened) await bed.release(instance);
  return { ...figures, seconds: elapsed, cpu: { proxy, client, upstream, others }, peak };
}
