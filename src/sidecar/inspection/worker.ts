import { parentPort, workerData } from 'node:worker_threads';
import { type Examination, examineBody } from '../../policy/outbound/examination.js';
import { redactBody } from '../../policy/outbound/redaction.js';
import type { KnownSecret } from '../../policy/scan/detector.js';
import type { Scanner } from '../../policy/scan/scanner.js';
import { outboundScanner } from './scanners.js';

/** What a worker is asked. */
export interface WorkerJob {
  readonly id: number;
  readonly kind: 'examine' | 'redact';
  readonly names: readonly string[] | null;
  readonly bytes: Uint8Array;
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
}

/** What it answers; anything else it may do is the end of it. */
export interface WorkerAnswer {
  readonly id: number;
  readonly examination?: Examination;
  readonly redacted?: Uint8Array | null;
}

const scanners = new Map<string, Promise<Scanner>>();

function scannerFor(names: readonly string[] | null): Promise<Scanner> {
  const key = JSON.stringify(names);
  const known = scanners.get(key);
  if (known) return known;
  const made = outboundScanner(names, workerData as readonly KnownSecret[]);
  scanners.set(key, made);
  return made;
}

async function work(job: WorkerJob): Promise<WorkerAnswer> {
  const { id, kind, names, contentType, contentEncoding } = job;
  const bytes = Buffer.from(job.bytes.buffer, job.bytes.byteOffset, job.bytes.length);
  const source = { bytes, contentType, contentEncoding };
  const scanner = await scannerFor(names);
  if (kind === 'examine') return { id, examination: examineBody(scanner, source) };
  return { id, redacted: redactBody(scanner, source) };
}

// A rejection ends the worker, and with it every request that waits for it.
parentPort?.on(
  'message',
  (job: WorkerJob) => void work(job).then((answer) => parentPort?.postMessage(answer)),
);
