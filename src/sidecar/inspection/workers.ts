import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { BodySource } from '../../policy/message/body.js';
import { type BodyExamination, nothingFound } from '../../policy/outbound/examination.js';
import type { KnownTables } from './known-values.js';
import { type WorkerAnswer, type WorkerBody, type WorkerJob, workerReady } from './worker.js';

/** Threads for what would hold up every other request. They start when they are first asked for. */
export interface Workers {
  /** Rejects when the worker dies or takes too long. */
  readonly examine: (
    names: readonly string[] | null,
    sources: readonly BodySource[],
  ) => Promise<readonly BodyExamination[]>;
  readonly redact: (names: readonly string[] | null, source: BodySource) => Promise<Buffer | null>;
  /**
   * Bytes of the bodies that the least busy one has still to do; null: none is ready yet, and one is being started.
   */
  readonly backlog: () => number | null;
}

interface Running {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
  ready: boolean;
  /** Bytes of the bodies that it has still to do. */
  backlog: number;
}

interface Waiting {
  readonly resolve: (answer: WorkerAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** One core is left to the requests themselves, and no more than this is taken in memory. */
const mostWorkers = Math.max(1, Math.min(2, availableParallelism() - 1));
/** Milliseconds for one body; a thousand times what one of the longest takes. */
const jobTimeout = 30_000;
/** Of a worker's own objects, in megabytes; bodies come on top. Scans leave little behind. */
const heapLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 2 };

export function createWorkers(known: KnownTables): Workers {
  const running = new Set<Running>();
  let jobs = 0;

  function start(): Running {
    const worker = new Worker(__filename, {
      workerData: known,
      resourceLimits: heapLimits,
      env: {},
      stdin: false,
      stdout: true,
      stderr: true,
    });
    const one: Running = { worker, waiting: new Map(), ready: false, backlog: 0 };
    const end = () => {
      running.delete(one);
      for (const { reject } of one.waiting.values()) reject(new Error('a worker ended'));
      one.waiting.clear();
    };
    worker.on('message', (answer: WorkerAnswer | typeof workerReady) => {
      if (answer === workerReady) one.ready = true;
      else one.waiting.get(answer.id)?.resolve(answer);
    });
    worker.once('error', end).once('exit', end);
    // The parent's end is the end of all; a worker keeps nothing alive.
    worker.unref();
    running.add(one);
    return one;
  }

  function leastBusy(): Running | null {
    let best: Running | null = null;
    for (const one of running) if (!best || one.backlog < best.backlog) best = one;
    return best;
  }

  /** The least busy one, or another as long as there may be more. */
  function choose(): Running {
    const best = leastBusy();
    if (best && (best.waiting.size === 0 || running.size >= mostWorkers)) return best;
    return start();
  }

  async function run(
    kind: WorkerJob['kind'],
    names: readonly string[] | null,
    sources: readonly BodySource[],
  ): Promise<WorkerAnswer> {
    const one = choose();
    const bytes = together(sources);
    jobs += 1;
    const job: WorkerJob = { id: jobs, kind, names, bytes, bodies: sources.map(bodyOf) };
    const timer = setTimeout(() => void one.worker.terminate(), jobTimeout);
    // Once it is given away its length reads as nothing.
    const size = bytes.length;
    one.backlog += size;
    try {
      return await new Promise<WorkerAnswer>((resolve, reject) => {
        one.waiting.set(job.id, { resolve, reject });
        one.worker.postMessage(job, [bytes.buffer]);
      });
    } finally {
      clearTimeout(timer);
      one.waiting.delete(job.id);
      one.backlog -= size;
    }
  }

  return {
    async examine(names, sources) {
      const { examinations } = await run('examine', names, sources);
      if (examinations?.length !== sources.length) throw new Error('a worker answered too little');
      return examinations.map((examination) => examination ?? nothingFound);
    },
    async redact(names, source) {
      const { redacted } = await run('redact', names, [source]);
      return redacted ? Buffer.from(redacted.buffer, redacted.byteOffset, redacted.length) : null;
    },
    backlog() {
      const best = leastBusy();
      if (best) return best.ready ? best.backlog : null;
      start();
      return null;
    },
  };
}

/** In memory of their own, which is given away to the worker. */
function together(sources: readonly BodySource[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(sources.reduce((sum, source) => sum + source.bytes.length, 0));
  let at = 0;
  for (const source of sources) {
    bytes.set(source.bytes, at);
    at += source.bytes.length;
  }
  return bytes;
}

const bodyOf = ({ bytes, contentType, contentEncoding }: BodySource): WorkerBody => ({
  length: bytes.length,
  contentType,
  contentEncoding,
});
