import type { Refusal, RefusalCode } from '../../contract/refusal.js';
import type { RouteDlp } from '../../contract/route.js';
import { buildPieceIndex } from '../across/piece-index.js';
import { createTrail } from '../across/trail.js';
import type { Question } from '../decide.js';
import { type BodySource, encodingOf } from '../message/body.js';
import { codingNames } from '../message/encodings.js';
import { finalRefusal, routeRule } from '../refusals.js';
import type { CompiledRoute, RouteTable } from '../routes.js';
import type { KnownSecret } from '../scan/detector.js';
import type { Scanner } from '../scan/scanner.js';
import {
  type Examination,
  examineBody,
  examineHead,
  type Found,
  foremost,
  foundAcross,
  type HeadExamination,
  type MessageHead,
  nothingFound,
} from './examination.js';
import { isAskedFor, outboundScanner } from './outbound-scanner.js';
import { redactBody, redactHead } from './redaction.js';
import {
  findingAllow,
  findingMessage,
  isStillAllowed,
  longCoding,
  longCodingMessage,
  longestWhole,
  problemIn,
} from './settling.js';

/** What becomes of a request; the refusal of one that is refused. */
export interface Fate {
  readonly outcome: 'let-out' | 'held' | 'redacted' | 'refused';
  readonly refusal: Refusal | null;
}

/** A request as it would leave by a route. */
export interface Leaving {
  readonly table: RouteTable;
  readonly route: CompiledRoute;
  readonly question: Question;
  readonly head: MessageHead;
  /** null: none. */
  readonly body: Buffer | null;
  readonly secrets: readonly KnownSecret[];
}

const letOut: Fate = { outcome: 'let-out', refusal: null };
const held: Fate = { outcome: 'held', refusal: null };

/** What the scan of a request makes of it, as the first one of a bottle: what left before it is not known. */
export async function scanFate(leaving: Leaving): Promise<Fate> {
  const { route, head, body, secrets } = leaving;
  const { outbound } = route.route.dlp;
  if (outbound?.length === 0) return letOut;
  const source = sourceOf(head, body);
  const scanner = await outboundScanner(outbound, { knownSecrets: secrets });
  const ofHead = examineHead(scanner, head);
  const headFate = problemFate(leaving, [ofHead]);
  if (headFate) return headFate;
  if (isLong(source) && longCoding(source?.contentEncoding ?? null) === null)
    return refusedFor(leaving, 'encoding-not-scannable', longCodingMessage);
  const ofBody = source ? examineBody(scanner, source) : nothingFound;
  const bodyFate = problemFate(leaving, [ofBody]);
  if (bodyFate) return bodyFate;
  const found = [...ofHead.found, ...ofBody.found];
  if (found.length === 0) return trailFate(leaving, scanner, letOut);
  const onMatch: Readonly<Record<RouteDlp['outboundOnMatch'], () => Fate>> = {
    supervise: () => held,
    block: () => refusedForFinding(leaving, 'secret-found', found),
    redact: () => redactionFate(leaving, scanner, { ofHead, source, found }),
  };
  return onMatch[route.route.dlp.outboundOnMatch]();
}

function sourceOf({ headers }: MessageHead, body: Buffer | null): BodySource | null {
  return body && body.length > 0 ? { bytes: body, ...encodingOf(headers) } : null;
}

const isLong = (source: BodySource | null): boolean => (source?.bytes.length ?? 0) > longestWhole;

function problemFate(leaving: Leaving, examinations: readonly Examination[]): Fate | null {
  const problem = problemIn(examinations);
  if (!problem) return null;
  if ('found' in problem) return refusedForFinding(leaving, problem.code, [problem.first]);
  return refusedFor(leaving, problem.code, problem.message);
}

interface Seen {
  readonly ofHead: HeadExamination;
  readonly source: BodySource | null;
  readonly found: readonly Found[];
}

function redactionFate(leaving: Leaving, scanner: Scanner, { ofHead, source, found }: Seen): Fate {
  const { table, route, question, head } = leaving;
  const covered = redactHead(scanner, head, ofHead);
  // A longer one is covered as it goes.
  const body = source && !isLong(source) ? redactBody(scanner, source) : leaving.body;
  if (!covered || (source && !body) || !isStillAllowed(table, route, question, covered))
    return refusedForFinding(leaving, 'not-redactable', found);
  return trailFate({ ...leaving, head: covered, body }, scanner, { outcome: 'redacted', refusal: null });
}

/** Parts of one value in several places of the request. */
function trailFate(leaving: Leaving, scanner: Scanner, otherwise: Fate): Fate {
  const { route, head, body, secrets } = leaving;
  const { outbound, outboundOnMatch } = route.route.dlp;
  if (!isAskedFor('known_secrets', outbound)) return otherwise;
  const index = buildPieceIndex(secrets);
  const source = sourceOf(head, body);
  const { pieces } = source ? examineBody(scanner, source, { pieceIndex: index }) : nothingFound;
  const plain = source && codingNames(source.contentEncoding).length === 0 ? body : null;
  const { target, headers } = head;
  const message = { target, headers, headSeen: false, body: plain, pieces, approved: [] };
  const secret = createTrail({ knownSecrets: secrets }, index).add(message, 0);
  if (secret === null) return otherwise;
  return outboundOnMatch === 'supervise'
    ? held
    : refusedForFinding(leaving, 'secret-found', [foundAcross(secret)]);
}

function refusedForFinding({ route }: Leaving, code: RefusalCode, found: readonly Found[]): Fate {
  const message = findingMessage(foremost(found), code);
  const allow = code === 'line-break-found' ? null : findingAllow(route);
  return { outcome: 'refused', refusal: { code, message, rule: routeRule(route.route.host, 'dlp'), allow } };
}

function refusedFor({ route }: Leaving, code: RefusalCode, message: string): Fate {
  return { outcome: 'refused', refusal: finalRefusal(code, message, routeRule(route.route.host, 'dlp')) };
}
