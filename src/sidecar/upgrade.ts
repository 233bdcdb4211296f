import { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import { upgradeProblem } from '../policy/admission.js';
import { finalRefusal } from '../policy/refusals.js';
import { valuesOf } from '../policy/request-head.js';
import { refuse, refuseHeld } from './answer.js';
import { askOperator, readAhead } from './approval.js';
import { dispatchOptions, prepareOutgoing, send } from './dispatch.js';
import { type Exchange, openExchange } from './exchange.js';
import { responseHeaders } from './forward-headers.js';
import { connectionOf, type Gate } from './gate.js';
import type { IncomingRequest } from './incoming-request.js';
import { inspectRequest } from './inspection/inspect-request.js';
import { readAsStream } from './prompt-reads.js';
import { recordUnparsed } from './record-exchange.js';
import { createRelay } from './relay.js';
import { upstreamRefusal } from './upstream-error.js';
import { outboundMessages } from './websocket/outbound-messages.js';
import { joinUpgraded, withoutExtensions } from './websocket/upgraded.js';

/**
 * A request with `Upgrade`: to WebSocket through the same decision, and then both directions joined; to anything else
 * as if the header were not there (RFC 9110, 7.8). Node has taken its parser off the socket, so it carries one answer.
 *
 * @param head bytes that came after the request
 */
export function handleUpgrade(gate: Gate, request: IncomingRequest, socket: Socket, head: Buffer): void {
  const connection = connectionOf(socket);
  socket.on('error', () => socket.destroy());
  if (connection.inFlight > 0) {
    // Answers still to be written would end up inside the new protocol.
    const refusal = finalRefusal('malformed-request', 'an upgrade behind a request that is not answered yet');
    recordUnparsed(gate, socket, refusal, connection.host ?? '', request.method ?? '');
    socket.destroy();
    return;
  }
  const response = lastResponse(request, socket);
  const exchange = openExchange(gate, connection, request, response, true);
  const { admission } = exchange;
  if (admission.refusal && !admission.onApproval) {
    refuse(exchange, admission.refusal, true);
    return;
  }
  const problem = upgradeProblem(admission.head);
  if (problem) {
    refuse(exchange, problem, true);
    return;
  }
  const [protocol, ...others] = valuesOf(request.rawHeaders, 'upgrade');
  const webSocket =
    others.length === 0 && protocol?.toLowerCase() === 'websocket' && request.method === 'GET';
  forward(exchange, socket, head, webSocket).catch(() => {
    refuse(exchange, finalRefusal('internal-error', 'the request could not be forwarded'), true);
  });
}

async function forward(exchange: Exchange, socket: Socket, head: Buffer, webSocket: boolean): Promise<void> {
  const { gate, admission, response } = exchange;
  const ahead = readAhead(socket, head);
  await gate.inspection.load();
  const route = admission.onApproval ? await askOperator(exchange, admission.onApproval) : admission.route;
  if (!route) {
    ahead();
    return refuseHeld(exchange);
  }
  prepareOutgoing(exchange, route);
  const mayGo = await inspectRequest(exchange, route);
  const early = ahead();
  if (!mayGo) return refuseHeld(exchange);
  const inspection = await gate.inspectionOf(route);
  const upstream = await gate.upstreams(route.route, admission.host);
  if (response.destroyed || socket.destroyed) return;
  const relay = createRelay(exchange, inspection, (error) => {
    exchange.failed = exchange.refusal === null;
    refuse(exchange, upstreamRefusal(error, admission.host, route.route.host), true);
  });
  const options = dispatchOptions(exchange, route, inspection);
  const outbound = outboundMessages(exchange, route);
  if (inspection || outbound) withoutExtensions(options.headers as string[]);
  const handler: Dispatcher.DispatchHandler = {
    ...relay,
    onUpgrade(status, raw, joined) {
      readAsStream(joined);
      const answer = { status, headers: responseHeaders(raw) };
      joinUpgraded({ exchange, inspection, outbound, client: socket, upstream: joined, early }, answer);
    },
  };
  send(exchange, upstream, webSocket ? { ...options, upgrade: 'websocket' } : options, handler);
}

/** A response on a socket that Node's server has let go of: written once, then the socket ends. */
function lastResponse(request: IncomingRequest, socket: Socket): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  socket.on('drain', () => response.emit('drain'));
  response.once('finish', () => {
    response.detachSocket(socket);
    socket.resume();
    socket.destroySoon();
    response.destroy();
    // Node's server tells this of its own responses only.
    response.emit('close');
  });
  return response;
}
