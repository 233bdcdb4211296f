import { parentPort, workerData } from 'node:worker_threads';
import { openPieceIndex, type PieceIndex } from '../../policy/across/piece-index.js';
import { type BodyExamination, examineBody, nothingFound } from '../../policy/outbound/examination.js';
import { outboundScanner } from '../../policy/outbound/outbound-scanner.js';
import { redactBody } from '../../policy/outbound/redaction.js';
import type { Scanner } from '../../policy/scan/scanner.js';
import type { KnownTables } from './known-values.js';

/** What a worker is asked. */
export interface WorkerJob {
  readonly id: number;
  readonly kind: 'examine' | 'redact';
  readonly names: readonly string[] | null;
  /** The bodies, one after another, in memory that goes back with the answer. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly bodies: readonly WorkerBody[];
}

export interface WorkerBody {
  readonly length: number;
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
}

/** What it answers; anything else it may do is the end of it. */
export interface WorkerAnswer {
  readonly id: number;
  /** Of each body; null: nothing was found. */
  readonly examinations?: readonly (BodyExamination | null)[];
  readonly redacted?: Uint8Array | null;
  /** null: too little to be worth the way. */
  readonly memory: ArrayBuffer | null;
}

/** Less than that is garbage soon collected, and to transfer it costs as much as the scan of a short body. Bytes. */
export const leastReturned = 64 * 1024;

/** Told once, when the usual scanner is prepared. */
export const workerReady = 'ready';

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

async function work({ id, kind, names, bytes, bodies }: WorkerJob): Promise<WorkerAnswer> {
  const memory = bytes.buffer.byteLength >= leastReturned ? bytes.buffer : null;
  const scanner = await scannerFor(names);
  index ??= openPieceIndex(tables.pieces);
  let at = bytes.byteOffset;
  const sources = bodies.map(({ length, ...how }) => {
    const source = { bytes: Buffer.from(bytes.buffer, at, length), ...how };
    at += length;
    return source;
  });
  if (kind === 'redact') {
    const [source] = sources;
    return { id, memory, redacted: source ? redactBody(scanner, source) : null };
  }
  const examinations = sources.map((source) => {
    const examination = examineBody(scanner, source, { pieceIndex: index });
    return isNothing(examination) ? null : examination;
  });
  return { id, memory, examinations };
}

const isNothing = ({ found, outcome, pieces }: BodyExamination): boolean =>
  found.length === 0 && pieces.length === 0 && outcome === nothingFound.outcome;

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
    parentPort?.postMessage(workerReady);
  });
