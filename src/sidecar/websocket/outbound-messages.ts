import type { BodySource } from '../../policy/message/body.js';
import { type BodyExamination, type Found, foundAcross } from '../../policy/outbound/examination.js';
import type { CompiledRoute } from '../../policy/routes.js';
import type { Exchange } from '../exchange.js';
import {
  findingRefusal,
  type Inspection,
  note,
  problemOf,
  superviseFindings,
} from '../inspection/inspect-request.js';
import { BodyRefused, createLongScan } from '../inspection/long-scan.js';
import type { MessageInspector, MessageStream, Passed } from './inspector.js';

/** Bytes of a message that are held. */
const whole = 1024 * 1024;

/** Scans what a client sends as the route's requests are; null: the route has them go unscanned. */
export function outboundMessages(exchange: Exchange, route: CompiledRoute): MessageInspector | null {
  const prepared = exchange.gate.inspection.of(route);
  if (!prepared) return null;
  const inspection: Inspection = { exchange, route, prepared };
  const { examineBody } = exchange.gate.inspection;
  return {
    whole,
    message(payload) {
      if (payload.length === 0) return payload;
      const source: BodySource = { bytes: payload, contentType: null, contentEncoding: null };
      const examined = examineBody(prepared, source);
      return examined instanceof Promise
        ? examined.then((examination) => settle(inspection, source, examination))
        : settle(inspection, source, examined);
    },
    control(payload) {
      if (payload.length === 0) return payload;
      // It can't wait, and it is no place for a value.
      const { findings, outcome } = prepared.scanner.scan(payload, 'frame');
      if (findings.length === 0 && outcome === 'complete') return payload;
      const found = findings.map((finding) => ({ finding, place: 'ping', value: null, snippet: '' }));
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
  const { exchange, route, prepared } = inspection;
  if (examination.found.length === 0) {
    const { pieces } = examination;
    const message = { target: '', headers: [], headSeen: true, body: source.bytes, pieces };
    const secret = exchange.gate.inspection.across(prepared, message);
    if (secret === null) return source.bytes;
    const found = [foundAcross(secret)];
    if (route.route.dlp.outboundOnMatch === 'supervise') return supervise(inspection, source, found);
    return { stop: findingRefusal(inspection, found, 'secret-found') };
  }
  const found = examination.found.map(inFrame);
  switch (route.route.dlp.outboundOnMatch) {
    case 'block':
      return { stop: findingRefusal(inspection, found, 'secret-found') };
    case 'supervise':
      return supervise(inspection, source, found);
    case 'redact':
      return redact(inspection, source, found);
  }
}

const inFrame = (found: Found): Found => (found.place === 'body' ? { ...found, place: 'frame' } : found);

async function supervise(
  inspection: Inspection,
  { bytes }: BodySource,
  found: readonly Found[],
): Promise<Passed> {
  const answer = await superviseFindings(inspection, found);
  if (answer === 'let-out') return bytes;
  return { stop: answer === 'client-left' ? null : answer.refusal };
}

async function redact(inspection: Inspection, source: BodySource, found: readonly Found[]): Promise<Passed> {
  const { exchange, prepared } = inspection;
  const covered = await exchange.gate.inspection.redactBody(prepared, source);
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
