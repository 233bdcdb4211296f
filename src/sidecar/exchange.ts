import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { EventFinding } from '../contract/event.js';
import type { Refusal, RefusalCode } from '../contract/refusal.js';
import { type Admission, admit } from '../policy/admission.js';
import { finalRefusal } from '../policy/refusals.js';
import { unknownExpectation } from '../policy/unparsed.js';
import { refuse } from './answer.js';
import type { Forwarding } from './forwarding.js';
import { type ClientConnection, connectionOf, type Gate } from './gate.js';
import type { IncomingRequest } from './incoming-request.js';
import { recordExchange, recordUnparsed } from './record-exchange.js';
import { noBody, type RequestBody } from './request-body.js';

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
  forwardOnceLoaded(exchange, (loaded) => loaded.forward(exchange));
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

/** By the one way or the other, once it is loaded; from then on at once, since a body may come with the request. */
export function forwardOnceLoaded(exchange: Exchange, go: (loaded: Forwarding) => Promise<void>): void {
  const { forwarding } = exchange.gate;
  const loaded = forwarding.loaded();
  (loaded ? go(loaded) : forwarding.load().then(go)).catch(() => {
    refuse(exchange, finalRefusal('internal-error', 'the request could not be forwarded'), true);
  });
}
