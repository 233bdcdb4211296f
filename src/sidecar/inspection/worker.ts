import { parentPort, workerData } from 'node:worker_threads';
import { openPieceIndex, type PieceIndex } from '../../policy/across/piece-index.js';
import type { BodySource } from '../../policy/message/body.js';
import { type BodyExamination, examineBody } from '../../policy/outbound/examination.js';
import { outboundScanner } from '../../policy/outbound/outbound-scanner.js';
import { redactBody } from '../../policy/outbound/redaction.js';
import type { Scanner } from '../../policy/scan/scanner.js';
import type { KnownTables } from './known-values.js';

/** What a worker is asked. */
export interface WorkerJob {
  readonly id: number;
  readonly kind: 'examine' | 'redact';
  readonly names: readonly string[] | null;
  /** The body's bytes are in memory that goes back with the answer. */
  readonly source: Omit<BodySource, 'bytes'> & { readonly bytes: Uint8Array<ArrayBuffer> };
}

/** What it answers; anything else it may do is the end of it. */
export interface WorkerAnswer {
  readonly id: number;
  readonly examination?: BodyExamination;
  readonly redacted?: Uint8Array | null;
  /** null: too little to be worth the way. */
  readonly memory: ArrayBuffer | null;
}

/** Less than that is garbage soon collected, and to transfer it costs as much as the scan of a short body. Bytes. */
export const leastReturned = 64 * 1024;

const scanners = new Map<string, Promise<Scanner>>();
const tables = workerData as KnownTables;
let index: PieceIndex | null = null;

function scannerFor(names: readonly string[] | null): Promise<Scanner> {
  const key = JSON.stringify(names);
  const known = scanners.get(key);
  if (known) return known;
  const made = outboundScanner(names, { knownSecrets: [], knownIndex: tables.index });
  scanners.set(key, made);
  return made;
}

async function work({ id, kind, names, source: { bytes, ...how } }: WorkerJob): Promise<WorkerAnswer> {
  const memory = bytes.buffer.byteLength >= leastReturned ? bytes.buffer : null;
  const source = { ...how, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) };
  const scanner = await scannerFor(names);
  index ??= openPieceIndex(tables.pieces);
  return kind === 'redact'
    ? { id, memory, redacted: redactBody(scanner, source) }
    : { id, memory, examination: examineBody(scanner, source, { pieceIndex: index }) };
}

// A rejection ends the worker, and with it every request that waits for it.
parentPort?.on(
  'message',
  (job: WorkerJob) =>
    void work(job).then((answer) => parentPort?.postMessage(answer, answer.memory ? [answer.memory] : [])),
);
if (parentPort)
  void scannerFor(null).then(() => {
    // What building it left behind would stay until the heap has grown by as much again.
    globalThis.gc?.();
  });
