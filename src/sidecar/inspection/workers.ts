import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { BodySource } from '../../policy/message/body.js';
import type { BodyExamination } from '../../policy/outbound/examination.js';
import { createJobBuffers } from './job-buffers.js';
import type { KnownTables } from './known-values.js';
import { leastReturned, type WorkerAnswer, type WorkerJob } from './worker.js';

/** Threads for what would hold up every other request. They start when they are first asked for. */
export interface Workers {
  /** Rejects when the worker dies or takes too long, and when the client leaves before it was begun. */
  readonly examine: (
    names: readonly string[] | null,
    source: BodySource,
    client: AbortSignal,
  ) => Promise<BodyExamination>;
  readonly redact: (
    names: readonly string[] | null,
    source: BodySource,
    client: AbortSignal,
  ) => Promise<Buffer | null>;
}

interface Running {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
  /** Those of them that it was not handed yet, in turn. */
  readonly queue: Set<Waiting>;
  /** Bytes of the bodies that it has still to do, and of those among them that it was handed. */
  backlog: number;
  handed: number;
}

interface Waiting {
  readonly job: Omit<WorkerJob, 'source'>;
  readonly source: BodySource;
  readonly resolve: (answer: WorkerAnswer) => void;
  readonly reject: (error: Error) => void;
  /** From the moment it is handed over: those before it may take long, too. */
  timer: NodeJS.Timeout | null;
}

/** One core is left to the requests themselves, and no more than this is taken in memory. */
const mostWorkers = Math.max(1, Math.min(2, availableParallelism() - 1));
/** Milliseconds for one body and those handed ahead of it; hundreds of times what the longest take. */
const jobTimeout = 30_000;
/** Bytes of bodies that a worker is handed ahead: each is a copy, and it does one after another anyway. */
const mostHanded = 2 * 1024 * 1024;
/** Of a worker's own objects, in megabytes; bodies come on top. Scans leave little behind. */
const heapLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 1 };
/** V8 reads them as the worker's heap is made, and goes by them before its limits: those of the process are for the requests. */
const heapFlags = [
  '--max-semi-space-size=1',
  '--initial-old-space-size=12',
  `--max-old-space-size=${heapLimits.maxOldGenerationSizeMb}`,
];

export function createWorkers(known: KnownTables): Workers {
  const running = new Set<Running>();
  const buffers = createJobBuffers();
  let jobs = 0;

  function start(): Running {
    for (const flag of heapFlags) setFlagsFromString(flag);
    const worker = new Worker(__filename, {
      workerData: known,
      resourceLimits: heapLimits,
      env: {},
      stdin: false,
      stdout: true,
      stderr: true,
    });
    const one: Running = {
      worker,
      waiting: new Map(),
      queue: new Set(),
      backlog: 0,
      handed: 0,
    };
    const end = () => {
      running.delete(one);
      for (const { reject } of one.waiting.values()) reject(new Error('a worker ended'));
      one.waiting.clear();
      one.queue.clear();
    };
    worker.on('message', (answer: WorkerAnswer) => takeAnswer(one, answer));
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

  function takeAnswer(one: Running, answer: WorkerAnswer): void {
    if (answer.memory) buffers.giveBack(answer.memory);
    const waiting = one.waiting.get(answer.id);
    if (!waiting) return;
    one.handed -= waiting.source.bytes.length;
    handOver(one);
    waiting.resolve(answer);
  }

  function handOver(one: Running): void {
    for (const next of one.queue) {
      const size = next.source.bytes.length;
      if (one.handed > 0 && one.handed + size > mostHanded) return;
      one.queue.delete(next);
      one.handed += size;
      const memory = size < leastReturned ? new ArrayBuffer(size) : buffers.take(size);
      const bytes = new Uint8Array(memory, 0, size);
      bytes.set(next.source.bytes);
      const { contentType, contentEncoding } = next.source;
      const job: WorkerJob = { ...next.job, source: { bytes, contentType, contentEncoding } };
      next.timer = setTimeout(() => void one.worker.terminate(), jobTimeout);
      one.worker.postMessage(job, [bytes.buffer]);
    }
  }

  async function run(
    kind: WorkerJob['kind'],
    names: readonly string[] | null,
    source: BodySource,
    client: AbortSignal,
  ): Promise<WorkerAnswer> {
    if (client.aborted) throw clientLeft();
    const one = choose();
    jobs += 1;
    const job = { id: jobs, kind, names };
    one.backlog += source.bytes.length;
    return new Promise<WorkerAnswer>((resolve, reject) => {
      const end = () => {
        client.removeEventListener('abort', onLeave);
        if (waiting.timer) clearTimeout(waiting.timer);
        one.waiting.delete(job.id);
        one.backlog -= source.bytes.length;
      };
      const waiting: Waiting = {
        job,
        source,
        timer: null,
        resolve: (answer) => {
          end();
          resolve(answer);
        },
        reject: (error) => {
          end();
          reject(error);
        },
      };
      // What is on its way is waited for: its memory comes back with the answer.
      const onLeave = () => {
        if (one.queue.delete(waiting)) waiting.reject(clientLeft());
      };
      client.addEventListener('abort', onLeave, { once: true });
      one.waiting.set(job.id, waiting);
      one.queue.add(waiting);
      handOver(one);
    });
  }

  return {
    async examine(names, source, client) {
      const { examination } = await run('examine', names, source, client);
      if (!examination) throw new Error('a worker answered too little');
      return examination;
    },
    async redact(names, source, client) {
      const { redacted } = await run('redact', names, source, client);
      return redacted ? Buffer.from(redacted.buffer, redacted.byteOffset, redacted.length) : null;
    },
  };
}

const clientLeft = () => new Error('the client left');
