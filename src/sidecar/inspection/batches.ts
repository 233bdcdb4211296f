import { availableParallelism } from 'node:os';
import type { BodySource } from '../../policy/message/body.js';
import type { BodyExamination } from '../../policy/outbound/examination.js';
import type { Prepared } from './scanners.js';
import type { Workers } from './workers.js';

type Examine = (prepared: Prepared, source: BodySource) => BodyExamination;

interface Waiting {
  readonly prepared: Prepared;
  readonly source: BodySource;
  readonly resolve: (examination: BodyExamination) => void;
  readonly reject: (error: unknown) => void;
}

/** Small bodies that came in one go are worth a worker's while from so many on: handing one over costs as much as its scan. */
const fewest = 3;
/** So many don't wait for more: meanwhile the worker can begin. */
const most = 8;
/** Bytes that a worker may have before it; what comes then is scanned at once, so that neither waits for the other. */
const mostBacklog = 32 * 1024;

/**
 * Scans small bodies where there is time for it: what comes alone at once, and of what comes together from many
 * connections a worker takes its part. Answers come in any order.
 */
export function createBatches(
  workers: Workers,
  examine: Examine,
): (prepared: Prepared, source: BodySource) => Promise<BodyExamination> {
  let waiting: Waiting[] = [];

  function flush(): void {
    const batch = waiting;
    waiting = [];
    try {
      share(batch);
    } catch (error) {
      // No thread is to be had.
      for (const { reject } of batch) reject(error);
    }
  }

  function share(batch: readonly Waiting[]): void {
    const backlog = batch.length < fewest ? null : workers.backlog();
    if (backlog !== null && backlog <= mostBacklog) for (const part of byScanner(batch)) handOver(part);
    else for (const one of batch) examineHere(one);
  }

  function examineHere({ prepared, source, resolve, reject }: Waiting): void {
    try {
      resolve(examine(prepared, source));
    } catch (error) {
      reject(error);
    }
  }

  function handOver(part: readonly [Waiting, ...Waiting[]]): void {
    const sources = part.map(({ source }) => source);
    // It is too little to wait for anyone's leaving.
    workers.examine(part[0].prepared.names, sources, null).then(
      (examinations) => {
        for (const [index, { resolve }] of part.entries()) resolve(examinations[index] as BodyExamination);
      },
      (error: unknown) => {
        for (const { reject } of part) reject(error);
      },
    );
  }

  // With one core there is nobody to share with.
  if (availableParallelism() < 2) return async (prepared, source) => examine(prepared, source);
  return (prepared, source) =>
    new Promise((resolve, reject) => {
      waiting.push({ prepared, source, resolve, reject });
      if (waiting.length === 1) setImmediate(flush);
      else if (waiting.length === most) flush();
    });
}

function byScanner(batch: readonly Waiting[]): Iterable<[Waiting, ...Waiting[]]> {
  const parts = new Map<Prepared, [Waiting, ...Waiting[]]>();
  for (const one of batch) {
    const part = parts.get(one.prepared);
    if (part) part.push(one);
    else parts.set(one.prepared, [one]);
  }
  return parts.values();
}
