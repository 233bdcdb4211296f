import type { Socket } from 'node:net';
import type { SidecarConfiguration } from '../../contract/sidecar.js';
import type { SecretPiece } from '../../policy/across/piece-index.js';
import { createTrail, type TrailMessage } from '../../policy/across/trail.js';
import type { BodySource } from '../../policy/message/body.js';
import {
  type BodyExamination,
  examineBody,
  examineHead,
  type HeadExamination,
  type MessageHead,
} from '../../policy/outbound/examination.js';
import { redactBody } from '../../policy/outbound/redaction.js';
import { shownText } from '../../policy/outbound/shown-text.js';
import type { CompiledRoute } from '../../policy/routes.js';
import { leavingOf } from '../leaving.js';
import { createLeastRecentlyUsed } from '../lru.js';
import { knownValuesOf } from './known-values.js';
import { type Prepared, prepareScanners } from './scanners.js';
import { createWorkers } from './workers.js';

interface ExaminedHead {
  /** null: nothing was found. */
  readonly examination: HeadExamination | null;
  readonly memory: HeadMemory;
}

/** What is known of a head that was clean by itself. */
export interface HeadMemory {
  /** It has left before, so that whatever parts it has are on the trail. */
  left: boolean;
}

/** What the proxy asks about a request's contents. */
export interface RequestInspection {
  /** null: the route has its requests go unscanned. */
  readonly of: (route: CompiledRoute) => Prepared | null;
  readonly examineHead: (prepared: Prepared, head: MessageHead) => ExaminedHead;
  /** At once, but for a long body or a compressed one: that waits for a worker, as long as its client is there. */
  readonly examineBody: (
    prepared: Prepared,
    source: BodySource,
    client: Socket,
  ) => BodyExamination | Promise<BodyExamination>;
  /** null: not all that was found can be covered. */
  readonly redactBody: (prepared: Prepared, source: BodySource, client: Socket) => Promise<Buffer | null>;
  /** What may be parts of known values, as it stands there. */
  readonly pieces: (prepared: Prepared, bytes: Buffer) => readonly SecretPiece[];
  /** The name of a value that comes together with this request from parts that left lately; null: none does. */
  readonly across: (prepared: Prepared, message: TrailMessage) => string | null;
  /** A target as it may be shown, with what any detector finds in it covered. */
  readonly shown: (target: string) => string;
}

/**
 * A body of this size takes a millisecond: more is for a worker. Less is not: to hand it over and to take the answer costs
 * as much as many scans. Bytes.
 */
const workerSize = 128 * 1024;
/** Heads in which nothing was found lately, and the longest that is remembered. Entries, characters. */
const cleanHeads = 1024;
const longestCleanHead = 4096;
const shownPaths = 1024;

/** Builds what the detectors search with: some hundred milliseconds of work. */
export async function createRequestInspection(
  configuration: SidecarConfiguration,
): Promise<RequestInspection> {
  const known = knownValuesOf(configuration);
  const scanners = await prepareScanners(configuration, known.material());
  const workers = createWorkers(known.tables());
  const index = known.pieces();
  const trail = createTrail(known.material(), index);
  const paths = createLeastRecentlyUsed<string>(shownPaths);
  const isForWorker = ({ bytes, contentEncoding }: BodySource) =>
    bytes.length >= workerSize || contentEncoding !== null;
  const examineHere = ({ scanner, seeksKnown }: Prepared, source: BodySource) =>
    examineBody(scanner, source, { pieceIndex: seeksKnown ? index : null });
  const examineLong = ({ names }: Prepared, source: BodySource, client: Socket) =>
    workers.examine(names, source, leavingOf(client));
  return {
    of: scanners.of,
    examineHead: rememberClean(),
    examineBody: (prepared, source, client) =>
      (isForWorker(source) ? examineLong : examineHere)(prepared, source, client),
    redactBody: async ({ scanner, names }, source, client) =>
      isForWorker(source) ? workers.redact(names, source, leavingOf(client)) : redactBody(scanner, source),
    pieces: ({ seeksKnown }, bytes) => (seeksKnown ? index.find(bytes) : []),
    across: ({ seeksKnown }, message) => (seeksKnown ? trail.add(message, Date.now()) : null),
    shown: (target) => paths.getOrCreate(target, () => shownText(scanners.all, target)),
  };
}

/** A client's requests differ little in their heads: one that was clean is so the next time. */
function rememberClean(): RequestInspection['examineHead'] {
  const clean = new Map<Prepared, Map<string, HeadMemory>>();
  return (prepared, head) => {
    let known = clean.get(prepared);
    if (!known) {
      known = new Map();
      clean.set(prepared, known);
    }
    let key = `${head.host}\n${head.target}`;
    for (const part of head.headers) key += `\n${part}`;
    const before = known.get(key);
    if (before) return { examination: null, memory: before };
    const examination = examineHead(prepared.scanner, head);
    const memory = { left: false };
    if (examination.found.length > 0 || examination.outcome !== 'complete') return { examination, memory };
    if (key.length <= longestCleanHead) {
      if (known.size >= cleanHeads) known.clear();
      known.set(key, memory);
    }
    return { examination: null, memory };
  };
}
