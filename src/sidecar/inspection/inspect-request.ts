import type { EventFinding } from '../../contract/event.js';
import type { Refusal, RefusalCode } from '../../contract/refusal.js';
import type { TrailMessage } from '../../policy/across/trail.js';
import { type BodySource, encodingOf } from '../../policy/message/body.js';
import {
  approvableValues,
  type BodyExamination,
  describeFound,
  type Examination,
  type Found,
  foremost,
  foundAcross,
  type HeadExamination,
  type MessageHead,
  nothingFound,
} from '../../policy/outbound/examination.js';
import { redactHead } from '../../policy/outbound/redaction.js';
import { findingAllow, findingMessage, isStillAllowed, problemIn } from '../../policy/outbound/settling.js';
import { routeRule } from '../../policy/refusals.js';
import type { CompiledRoute } from '../../policy/routes.js';
import { askAboutFinding } from '../approval.js';
import type { Exchange } from '../exchange.js';
import type { ReadAhead } from '../read-ahead.js';
import { NoRoomError } from '../read-request-body.js';
import { bodySource, plainBody, readBody } from './body-source.js';
import { inspectedStream } from './body-stream.js';
import type { HeadMemory } from './request-inspection.js';
import type { Prepared } from './scanners.js';

/** What becomes of a request once it was scanned. */
export type Inspected = { readonly refusal: Refusal } | 'let-out' | 'client-left';

/**
 * Scans a request before a byte of it goes, and does with a finding what the route says. Sets the exchange's refusal
 * and answers false when it must not go on; a body too long to be held is scanned as it goes.
 */
export async function inspectRequest(exchange: Exchange, route: CompiledRoute): Promise<boolean> {
  const prepared = exchange.gate.inspection.of(route);
  if (!prepared) return true;
  let outcome: Inspected;
  try {
    outcome = await inspect({ exchange, route, prepared });
  } catch (error) {
    if (error instanceof NoRoomError) throw error;
    outcome = exchange.request.socket.destroyed
      ? 'client-left'
      : { refusal: refusalOf({ route }, 'scan-failed', 'it could not be scanned') };
  }
  if (outcome === 'let-out') return true;
  if (outcome !== 'client-left') exchange.refusal = outcome.refusal;
  else exchange.response.destroy();
  return false;
}

export interface Inspection {
  readonly exchange: Exchange;
  readonly route: CompiledRoute;
  readonly prepared: Prepared;
}

async function inspect(inspection: Inspection): Promise<Inspected> {
  const { exchange, prepared } = inspection;
  const { gate, request, admission, outgoing } = exchange;
  const head: MessageHead = {
    host: admission.host,
    target: outgoing.target,
    headers: outgoing.headers,
  };
  const { examination: ofHead, memory } = gate.inspection.examineHead(prepared, head);
  const long = await readBody(exchange);
  const source = bodySource(exchange);
  const ofBody = source ? await gate.inspection.examineBody(prepared, source, request.socket) : nothingFound;
  const problem = problemOf(inspection, ofHead ?? nothingFound, ofBody);
  if (problem) return { refusal: problem };
  const found = [...(ofHead?.found ?? []), ...ofBody.found];
  const settling =
    found.length > 0
      ? settleAll(inspection, found, { head, ofHead, source }, ofBody, memory)
      : inspectTrail(inspection, trailMessage(inspection, found, memory, source, ofBody.pieces));
  const outcome = await (long ? long.during(settling) : settling);
  if (outcome !== 'let-out') {
    long?.release();
    return outcome;
  }
  memory.left = true;
  return long ? inspectLongBody(inspection, long) : outcome;
}

/** What was found by itself, and then the parts that leave beside it. */
async function settleAll(
  inspection: Inspection,
  found: readonly Found[],
  parts: Parts,
  ofBody: BodyExamination,
  memory: HeadMemory,
): Promise<Inspected> {
  const outcome = await settle(inspection, found, parts);
  if (outcome !== 'let-out') return outcome;
  const source = bodySource(inspection.exchange);
  const pieces = await piecesLeft(inspection, source, ofBody);
  return inspectTrail(inspection, trailMessage(inspection, found, memory, source, pieces));
}

/** The request as it leaves, with what was found in it covered or approved. */
function trailMessage(
  { exchange, route }: Inspection,
  found: readonly Found[],
  { left }: HeadMemory,
  source: BodySource | null,
  pieces: TrailMessage['pieces'],
): TrailMessage {
  const { target, headers } = exchange.outgoing;
  const approved = route.route.dlp.outboundOnMatch === 'supervise' ? namesOf(found) : [];
  return { target, headers, headSeen: left, body: plainBody(source), pieces, approved };
}

/** Those of the body as it leaves: what was covered has none. */
async function piecesLeft(
  { exchange, route, prepared }: Inspection,
  source: BodySource | null,
  { pieces }: BodyExamination,
): Promise<TrailMessage['pieces']> {
  if (!source || route.route.dlp.outboundOnMatch === 'supervise') return pieces;
  return (await exchange.gate.inspection.examineBody(prepared, source, exchange.request.socket)).pieces;
}

/** Of the values that the bottle holds. */
export const namesOf = (found: readonly Found[]): readonly string[] =>
  found.flatMap(({ finding }) => (finding.class === 'known' ? [finding.rule] : []));

/** What no request shows alone: parts of a value that the bottle holds, in several. */
async function inspectTrail(inspection: Inspection, message: TrailMessage): Promise<Inspected> {
  const { exchange, route, prepared } = inspection;
  const secret = exchange.gate.inspection.across(prepared, message);
  if (secret === null) return 'let-out';
  const found = [foundAcross(secret)];
  if (route.route.dlp.outboundOnMatch === 'supervise') return superviseFindings(inspection, found);
  return { refusal: findingRefusal(inspection, found, 'secret-found') };
}

async function inspectLongBody(inspection: Inspection, content: ReadAhead): Promise<Inspected> {
  const { outgoing } = inspection.exchange;
  const { contentEncoding } = encodingOf(outgoing.headers);
  const stream = await inspectedStream(content, contentEncoding, inspection);
  if (stream === 'client-left' || 'refusal' in stream) return stream;
  outgoing.content = stream.content;
  if (!stream.sameLength) outgoing.length = null;
  return 'let-out';
}

/** What refuses a request whatever the policy. */
export function problemOf(inspection: Inspection, ...examinations: readonly Examination[]): Refusal | null {
  const problem = problemIn(examinations);
  if (!problem) return null;
  if ('found' in problem) return findingRefusal(inspection, problem.found, problem.code, problem.first);
  return refusalOf(inspection, problem.code, problem.message);
}

interface Parts {
  readonly head: MessageHead;
  readonly ofHead: HeadExamination | null;
  readonly source: BodySource | null;
}

async function settle(inspection: Inspection, found: readonly Found[], parts: Parts): Promise<Inspected> {
  const { exchange, route } = inspection;
  if (parts.ofHead) exchange.shownTarget = shownTarget(parts.ofHead, parts.head.target);
  switch (route.route.dlp.outboundOnMatch) {
    case 'block':
      return { refusal: findingRefusal(inspection, found, 'secret-found') };
    case 'supervise':
      return superviseFindings(inspection, found);
    case 'redact':
      return redactRequest(inspection, found, parts);
  }
}

/** Holds the request, or what is left of it, until the operator has answered. */
export async function superviseFindings(inspection: Inspection, found: readonly Found[]): Promise<Inspected> {
  const { exchange, route } = inspection;
  const first = foremost(found);
  if (!first) return 'let-out';
  // Whoever leaves meanwhile was refused.
  note(exchange, found, 'blocked');
  exchange.refusal = refusalOf(inspection, 'held-client-left', 'the client left');
  const answer = await askAboutFinding(exchange, {
    detector: first.finding.detector,
    rule: routeRule(route.route.host, 'dlp'),
    snippet: describeFound(found, first),
    values: approvableValues(found),
    allow: findingAllow(route),
  });
  if (answer.approved) {
    exchange.refusal = null;
    note(exchange, found, 'approved');
    return 'let-out';
  }
  if (!answer.refusal) return 'client-left';
  return { refusal: { ...answer.refusal, finding: told(first) } };
}

async function redactRequest(
  inspection: Inspection,
  found: readonly Found[],
  { head, ofHead, source }: Parts,
): Promise<Inspected> {
  const { exchange, prepared } = inspection;
  const { gate, request, outgoing } = exchange;
  const redactedHead = ofHead ? redactHead(prepared.scanner, head, ofHead) : head;
  const redactedBody = source ? await gate.inspection.redactBody(prepared, source, request.socket) : null;
  if (!redactedHead || (source && !redactedBody) || !mayStillGo(inspection, redactedHead))
    return { refusal: findingRefusal(inspection, found, 'not-redactable') };
  outgoing.target = redactedHead.target;
  outgoing.headers = redactedHead.headers;
  if (redactedBody) outgoing.content = redactedBody;
  note(exchange, found, 'redacted');
  return 'let-out';
}

function mayStillGo({ exchange, route }: Inspection, head: MessageHead): boolean {
  const { gate, admission, request } = exchange;
  return isStillAllowed(gate.table, route, { ...admission, method: request.method ?? '' }, head);
}

export function findingRefusal(
  inspection: Inspection,
  found: readonly Found[],
  code: RefusalCode,
  first: Found | null = foremost(found),
): Refusal {
  note(inspection.exchange, found, 'blocked');
  const finding = first ? { finding: told(first) } : {};
  const allow = code === 'line-break-found' ? null : findingAllow(inspection.route);
  const message = findingMessage(first, code);
  return { code, message, rule: routeRule(inspection.route.route.host, 'dlp'), allow, ...finding };
}

export function refusalOf({ route }: Pick<Inspection, 'route'>, code: RefusalCode, message: string): Refusal {
  return { code, message, rule: routeRule(route.route.host, 'dlp'), allow: null };
}

const told = ({ finding: { detector, rule }, place }: Found) => ({ detector, rule, place });

/** For the event: of several the surest. */
export function note(exchange: Exchange, found: readonly Found[], outcome: EventFinding['outcome']): void {
  const first = foremost(found);
  if (!first) return;
  const { finding, place } = first;
  exchange.finding = {
    direction: 'outbound',
    detector: finding.detector,
    rule: finding.rule,
    class: finding.class,
    place,
    count: found.length,
    outcome,
  };
}

/** The target with all that was found in it covered, to be shown. */
function shownTarget({ text, placed }: HeadExamination, target: string): string {
  const base = text.spans.find(({ surface }) => surface === 'path')?.start ?? 0;
  const covered = Buffer.from(target, 'latin1');
  const within = (offset: number) => Math.min(covered.length, Math.max(0, offset - base));
  for (const { origins } of placed)
    for (const [from, to] of origins) covered.fill(0x2a, within(from), within(to));
  return covered.toString('latin1');
}
