// The load generator: hands each job to its worker processes and joins what they measured.
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ask, startWorker } from '../../shared/workers.mjs';

const main = join(dirname(fileURLToPath(import.meta.url)), 'main.mjs');

/** Counts are added, times are those of the slowest. */
function joinResults(results) {
  const joined = { ...results[0] };
  for (const result of results.slice(1)) {
    for (const [name, value] of Object.entries(result)) {
      if (name === 'latencies') joined.latencies = Float64Array.from([...joined.latencies, ...value]);
      else if (name === 'seconds') joined.seconds = Math.max(joined.seconds, value);
      else joined[name] += value;
    }
  }
  return joined;
}

/** Up to four cores one worker keeps ahead of any proxy and leaves the others to proxy and upstream. */
export function startGenerator() {
  const count = Math.max(1, Math.floor(availableParallelism() / 4));
  const workers = [];
  let stopped = false;
  /** One that ends before its time, whatever a proxy did to it, fails its job and is followed by another. */
  const fill = (index) => {
    workers[index] = startWorker(main);
    workers[index].once('exit', () => {
      if (!stopped) fill(index);
    });
  };
  for (let index = 0; index < count; index += 1) fill(index);
  return {
    pids: () => workers.map(({ pid }) => pid),
    /** Divides the connections of a job of kind `requests`; other kinds are one worker's. */
    async run(kind, job, target) {
      if (kind !== 'requests' || count === 1 || job.connections < count || job.count) {
        return ask(workers[0], { kind, job, target });
      }
      const share = (index) => Math.floor((job.connections + index) / count);
      const questions = workers.map((worker, index) =>
        ask(worker, { kind, job: { ...job, connections: share(index) }, target }),
      );
      return joinResults(await Promise.all(questions));
    },
    stop() {
      stopped = true;
      for (const worker of workers) worker.disconnect();
    },
  };
}
