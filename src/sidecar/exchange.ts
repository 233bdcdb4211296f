import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { EventFinding } from '../contract/event.js';
import type { Refusal, RefusalCode } from '../contract/refusal.js';
import { type Admission, admit } from '../policy/admission.js';
import { finalRefusal } from '../policy/refusals.js';
import { unknownExpectation } from '../policy/unparsed.js';
import { refuse, refuseHeld } from './answer.js';
import { askOperator } from './approval.js';
import { dispatch, prepareOutgoing } from './dispatch.js';
import { type ClientConnection, connectionOf, type Gate } from './gate.js';
import type { IncomingRequest } from './incoming-request.js';
import { inspectRequest } from './inspection/inspect-request.js';
import { recordExchange, recordUnparsed } from './record-exchange.js';
import {
  heldBody,
  NoRoomError,
  noBody,
  ordinaryBody,
  type RequestBody,
  readRequestBody,
  scannedBody,
} from './request-body.js';

/** One request on its way: what the parts of the pipeline share. */
export interface Exchange {
  readonly gate: Gate;
  readonly connection: ClientConnection;
  readonly request: IncomingRequest;
  readonly response: ServerResponse;
  readonly admission: Admission;
  readonly number: number;
  readonly started: number;
  /** Why it is not let out; null: it is. */
  refusal: Refusal | null;
  body: RequestBody;
  /** What of the agent's goes to the upstream; set once the way is known, and rewritten where something is covered. */
  outgoing: Outgoing;
  /** What a scan found. */
  finding: EventFinding | null;
  /** The target, with what a scan found in it covered. */
  shownTarget: string;
  received: number;
  /** Set once: how it went, for the event. */
  code: RefusalCode | null;
  failed: boolean;
  /** Something of it may have reached the upstream. */
  departed: boolean;
  /** Records it, once the answer is done or the connection is gone. */
  settle(): void;
}

interface Outgoing {
  target: string;
  /** Names and values in turn, without Host and the body's framing. */
  headers: readonly string[];
  content: Buffer | Readable | null;
  /** Of a stream, in bytes; null: nobody knows. */
  length: number | null;
}

/** Requests that a client may send ahead on one connection. */
const pipelineLimit = 8;
/** Requests that may wait for one upstream's connections. */
const queueLimit = 1024;
/** What a client waits for before it sends a body: `continue` is a 100; what is `other` nobody knows (RFC 9110, 10.1.1). */
type Expectation = 'nothing' | 'continue' | 'other';

/** Answers a request when those before it on its connection are answered. */
export function handleRequest(
  gate: Gate,
  request: IncomingRequest,
  response: ServerResponse,
  expectation: Expectation,
): void {
  // What came behind a request that was given the last answer.
  if (!request.socket.writable) return;
  const connection = connectionOf(request.socket);
  const start = () => answer(gate, connection, request, response, expectation);
  if (connection.inFlight === 0) start();
  else if (connection.waiting.length < pipelineLimit) connection.waiting.push(start);
  else if (!request.socket.destroyed) {
    const refusal = finalRefusal('malformed-request', 'too many requests ahead of their answers');
    recordUnparsed(gate, request.socket, refusal, connection.host ?? '', request.method ?? '');
    request.socket.destroy();
  }
}

/** Decide, read, dispatch, relay. */
function answer(
  gate: Gate,
  connection: ClientConnection,
  request: IncomingRequest,
  response: ServerResponse,
  expectation: Expectation,
): void {
  const exchange = openExchange(gate, connection, request, response, false);
  const { admission } = exchange;
  if (expectation === 'other') {
    exchange.refusal = unknownExpectation;
    refuse(exchange, unknownExpectation, true);
    return;
  }
  if (admission.refusal && !admission.onApproval) {
    refuse(exchange, admission.refusal, admission.fatal || expectation === 'continue');
    return;
  }
  if (expectation === 'continue') response.writeContinue();
  forward(exchange).catch(() => {
    refuse(exchange, finalRefusal('internal-error', 'the request could not be forwarded'), true);
  });
}

export function openExchange(
  gate: Gate,
  connection: ClientConnection,
  request: IncomingRequest,
  response: ServerResponse,
  upgrade: boolean,
): Exchange {
  let settled = false;
  const admission = admit(gate.table, connection, request, upgrade);
  const exchange: Exchange = {
    gate,
    connection,
    request,
    response,
    admission,
    refusal: admission.refusal,
    number: gate.nextRequest(),
    started: Date.now(),
    body: noBody,
    outgoing: { target: admission.target, headers: [], content: null, length: null },
    finding: null,
    shownTarget: admission.target,
    received: 0,
    code: null,
    failed: false,
    departed: false,
    settle: () => {
      if (settled) return;
      settled = true;
      connection.inFlight -= 1;
      recordExchange(exchange, response.headersSent || response.statusCode === 101 ? response.statusCode : 0);
      gate.settled();
      // After a last answer nothing more may go out for this connection.
      if (!request.socket.writable) connection.waiting.length = 0;
      connection.waiting.shift()?.();
    },
  };
  response.sendDate = false;
  connection.inFlight += 1;
  gate.held.requests += 1;
  // A write after the client has left is told to the response too; its end is handled where it closes.
  response.on('error', () => response.destroy());
  response.on('close', exchange.settle);
  return exchange;
}

function refuseForRoom(exchange: Exchange): void {
  const message = 'too many large bodies are being looked at: send it again later';
  refuse(exchange, finalRefusal('too-many-connections', message), true);
}

async function forward(exchange: Exchange): Promise<void> {
  const { gate, request, response, admission } = exchange;
  const { onApproval } = admission;
  try {
    if (!gate.inspection.isLoaded()) await gate.inspection.load();
    const scanned = admission.route !== null && gate.inspection.of(admission.route) !== null;
    const limits = onApproval ? heldBody : scanned ? scannedBody : ordinaryBody;
    exchange.body = await readRequestBody(request, admission.head, gate.held, limits);
  } catch (error) {
    if (error instanceof NoRoomError) refuseForRoom(exchange);
    else response.destroy();
    return;
  }
  let dispatched = false;
  try {
    const route = onApproval ? await askOperator(exchange, onApproval) : admission.route;
    if (!route) return refuseHeld(exchange);
    prepareOutgoing(exchange, route);
    if (!(await inspectRequest(exchange, route))) return refuseHeld(exchange);
    const inspection = await gate.inspectionOf(route);
    const upstream = await gate.upstreams(route.route, admission.host);
    if (response.destroyed) return;
    if (upstream.waiting() >= queueLimit) {
      refuse(exchange, finalRefusal('too-many-connections', 'too many requests wait for this host'), true);
      return;
    }
    dispatch(exchange, route, inspection, upstream, false);
    dispatched = true;
  } catch (error) {
    if (!(error instanceof NoRoomError)) throw error;
    refuseForRoom(exchange);
  } finally {
    // From then on the relay gives it back, when the upstream's side is done with it: that may be after the client left.
    if (!dispatched) exchange.body.release();
  }
}
