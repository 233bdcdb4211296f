import type { TrailMessage } from '../../policy/across/trail.js';
import type { BodySource } from '../../policy/message/body.js';
import { type BodyExamination, type Found, foundAcross } from '../../policy/outbound/examination.js';
import type { CompiledRoute } from '../../policy/routes.js';
import type { Exchange } from '../exchange.js';
import {
  findingRefusal,
  type Inspection,
  namesOf,
  note,
  problemOf,
  superviseFindings,
} from '../inspection/inspect-request.js';
import { BodyRefused, createLongScan } from '../inspection/long-scan.js';
import { isStop, type MessageInspector, type MessageStream, type Passed } from './inspector.js';

/** Bytes of a message that are held. */
const whole = 1024 * 1024;

/** Scans what a client sends as the route's requests are; null: the route has them go unscanned. */
export function outboundMessages(exchange: Exchange, route: CompiledRoute): MessageInspector | null {
  const prepared = exchange.gate.inspection.of(route);
  if (!prepared) return null;
  const inspection: Inspection = { exchange, route, prepared };
  const { gate, request } = exchange;
  return {
    whole,
    message(payload) {
      if (payload.length === 0) return payload;
      const source: BodySource = { bytes: payload, contentType: null, contentEncoding: null };
      const examined = gate.inspection.examineBody(prepared, source, request.socket);
      return examined instanceof Promise
        ? examined.then((examination) => settle(inspection, source, examination))
        : settle(inspection, source, examined);
    },
    control(payload) {
      if (payload.length === 0) return payload;
      // It can't wait, and it is no place for a value.
      const { findings, outcome } = prepared.scanner.scan(payload, 'frame');
      const found: Found[] = findings.map((finding) => ({
        finding,
        place: 'ping',
        value: null,
        snippet: '',
      }));
      if (findings.length === 0 && outcome === 'complete') {
        const pieces = exchange.gate.inspection.pieces(prepared, payload);
        const secret = comesTogether(inspection, { body: payload, pieces, approved: [] });
        if (secret === null) return payload;
        found.push(foundAcross(secret));
      }
      return { stop: findingRefusal(inspection, found, 'secret-found') };
    },
    stream: () => streamOf(inspection),
  };
}

/** What a finding leads to, as for a request's body. */
function settle(
  inspection: Inspection,
  source: BodySource,
  examination: BodyExamination,
): Passed | Promise<Passed> {
  const problem = problemOf(inspection, examination);
  if (problem) return { stop: problem };
  const { pieces } = examination;
  if (examination.found.length === 0)
    return leaving(inspection, { body: source.bytes, pieces, approved: [] });
  const found = examination.found.map(inFrame);
  switch (inspection.route.route.dlp.outboundOnMatch) {
    case 'block':
      return { stop: findingRefusal(inspection, found, 'secret-found') };
    case 'supervise':
      return supervise(inspection, source.bytes, found).then((passed) =>
        isStop(passed) ? passed : leaving(inspection, { body: passed, pieces, approved: namesOf(found) }),
      );
    case 'redact':
      return redact(inspection, source, found).then((passed) =>
        isStop(passed) ? passed : leavingCovered(inspection, passed),
      );
  }
}

/** What is left of a message where something was covered. */
async function leavingCovered(inspection: Inspection, body: Buffer): Promise<Passed> {
  const { exchange, prepared } = inspection;
  const source = { bytes: body, contentType: null, contentEncoding: null };
  const { gate, request } = exchange;
  const { pieces } = await gate.inspection.examineBody(prepared, source, request.socket);
  return leaving(inspection, { body, pieces, approved: [] });
}

interface Leaving {
  readonly body: Buffer;
  readonly pieces: TrailMessage['pieces'];
  readonly approved: readonly string[];
}

/** The name of a value that comes together with a message from parts that left lately; null: none does. */
function comesTogether({ exchange, prepared }: Inspection, parts: Leaving): string | null {
  const message = { target: '', headers: [], headSeen: true, ...parts };
  return exchange.gate.inspection.across(prepared, message);
}

function leaving(inspection: Inspection, parts: Leaving): Passed | Promise<Passed> {
  const secret = comesTogether(inspection, parts);
  if (secret === null) return parts.body;
  const found = [foundAcross(secret)];
  if (inspection.route.route.dlp.outboundOnMatch === 'supervise')
    return supervise(inspection, parts.body, found);
  return { stop: findingRefusal(inspection, found, 'secret-found') };
}

const inFrame = (found: Found): Found => (found.place === 'body' ? { ...found, place: 'frame' } : found);

async function supervise(inspection: Inspection, bytes: Buffer, found: readonly Found[]): Promise<Passed> {
  const answer = await superviseFindings(inspection, found);
  if (answer === 'let-out') return bytes;
  return { stop: answer === 'client-left' ? null : answer.refusal };
}

async function redact(inspection: Inspection, source: BodySource, found: readonly Found[]): Promise<Passed> {
  const { exchange, prepared } = inspection;
  const { gate, request } = exchange;
  const covered = await gate.inspection.redactBody(prepared, source, request.socket);
  if (!covered) return { stop: findingRefusal(inspection, found, 'not-redactable') };
  note(exchange, found, 'redacted');
  return covered;
}

/** A message that is too long to be held, through a window. */
function streamOf(inspection: Inspection): MessageStream {
  const scan = createLongScan(inspection, 'frame');
  const passed = (bytes: Promise<Buffer>): Promise<Passed> =>
    bytes.catch((error: unknown) => {
      if (error instanceof BodyRefused) return { stop: error.refusal };
      throw error;
    });
  return { push: (piece) => passed(scan.push(piece)), end: () => passed(scan.end()) };
}
