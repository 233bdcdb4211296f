import { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { upgradeProblem } from '../policy/admission.js';
import { finalRefusal } from '../policy/refusals.js';
import { valuesOf } from '../policy/request-head.js';
import { refuse } from './answer.js';
import { forwardOnceLoaded, openExchange } from './exchange.js';
import { connectionOf, type Gate } from './gate.js';
import { createGather } from './gather.js';
import type { IncomingRequest } from './incoming-request.js';
import { recordUnparsed } from './record-exchange.js';
import { wholeBody } from './request-body.js';

/**
 * A request with `Upgrade`: to WebSocket through the same decision, and then both directions joined; to anything else
 * as if the header were not there (RFC 9110, 7.8). Node has taken its parser off the socket, so it carries one answer.
 *
 * @param head bytes that came after the request
 */
export function handleUpgrade(gate: Gate, request: IncomingRequest, socket: Socket, head: Buffer): void {
  const connection = connectionOf(socket);
  socket.on('error', () => socket.destroy());
  // What came behind a request that was given the last answer.
  if (!socket.writable) {
    socket.destroy();
    return;
  }
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
  const ahead = readAhead(socket, head);
  forwardOnceLoaded(exchange, ({ forwardUpgrade }) => forwardUpgrade(exchange, socket, ahead, webSocket));
}

/** Reads what a client sends after an upgrade request while that waits, so that its end is seen. */
function readAhead(socket: Socket, head: Buffer): () => Buffer {
  const early = createGather();
  early.append(head);
  const onData = (chunk: Buffer) => {
    early.append(chunk);
    if (early.size() >= wholeBody) socket.pause();
  };
  // Half open or not: who ends before the answer came doesn't want it.
  const onEnd = () => socket.destroy();
  socket.on('data', onData).once('end', onEnd);
  return () => {
    socket.off('data', onData).off('end', onEnd);
    socket.pause();
    return early.bytes();
  };
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
