import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { BodySource } from '../../policy/message/body.js';
import type { Examination } from '../../policy/outbound/examination.js';
import type { KnownSecret } from '../../policy/scan/detector.js';
import type { WorkerAnswer, WorkerJob } from './worker.js';

/** Threads for what would hold up every other request. They start when the first such body comes. */
export interface Workers {
  /** Rejects when the worker dies or takes too long. */
  readonly examine: (names: readonly string[] | null, source: BodySource) => Promise<Examination>;
  readonly redact: (names: readonly string[] | null, source: BodySource) => Promise<Buffer | null>;
}

interface Running {
  readonly worker: Worker;
  readonly waiting: Map<number, { resolve: (answer: WorkerAnswer) => void; reject: (error: Error) => void }>;
}

/** One core is left to the requests themselves, and no more than this is taken in memory. */
const mostWorkers = Math.max(1, Math.min(2, availableParallelism() - 1));
/** Milliseconds for one body; a thousand times what one of the longest takes. */
const jobTimeout = 30_000;
/** Of a worker's own objects; bodies come on top. */
const heapLimit = 128;

export function createWorkers(knownSecrets: readonly KnownSecret[]): Workers {
  const running = new Set<Running>();
  let jobs = 0;

  function start(): Running {
    const worker = new Worker(__filename, {
      workerData: knownSecrets,
      resourceLimits: { maxOldGenerationSizeMb: heapLimit },
      env: {},
      stdin: false,
      stdout: true,
      stderr: true,
    });
    const one: Running = { worker, waiting: new Map() };
    const end = () => {
      running.delete(one);
      for (const { reject } of one.waiting.values()) reject(new Error('a worker ended'));
      one.waiting.clear();
    };
    worker.on('message', (answer: WorkerAnswer) => {
      one.waiting.get(answer.id)?.resolve(answer);
      one.waiting.delete(answer.id);
    });
    worker.once('error', end).once('exit', end);
    // The parent's end is the end of all; a worker keeps nothing alive.
    worker.unref();
    running.add(one);
    return one;
  }

  /** The least busy one, or another as long as there may be more. */
  function choose(): Running {
    let best: Running | null = null;
    for (const one of running) if (!best || one.waiting.size < best.waiting.size) best = one;
    if (best && (best.waiting.size === 0 || running.size >= mostWorkers)) return best;
    return start();
  }

  async function run(job: Omit<WorkerJob, 'id'>): Promise<WorkerAnswer> {
    const one = choose();
    jobs += 1;
    const id = jobs;
    const timer = setTimeout(() => void one.worker.terminate(), jobTimeout);
    try {
      return await new Promise<WorkerAnswer>((resolve, reject) => {
        one.waiting.set(id, { resolve, reject });
        one.worker.postMessage({ ...job, id });
      });
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async examine(names, source) {
      const { examination } = await run({ kind: 'examine', names, ...source });
      if (!examination) throw new Error('a worker answered nothing');
      return examination;
    },
    async redact(names, source) {
      const { redacted } = await run({ kind: 'redact', names, ...source });
      return redacted ? Buffer.from(redacted.buffer, redacted.byteOffset, redacted.length) : null;
    },
  };
}
