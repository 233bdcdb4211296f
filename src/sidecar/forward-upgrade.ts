import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import { refuse, refuseHeld } from './answer.js';
import { askOperator } from './approval.js';
import { dispatchOptions, prepareOutgoing, send } from './dispatch.js';
import type { Exchange } from './exchange.js';
import { responseHeaders } from './forward-headers.js';
import { inspectRequest } from './inspection/inspect-request.js';
import { readAsStream } from './prompt-reads.js';
import { createRelay } from './relay.js';
import { upstreamRefusal } from './upstream-error.js';
import { outboundMessages } from './websocket/outbound-messages.js';
import { joinUpgraded, withoutExtensions } from './websocket/upgraded.js';

/** @param ahead answers what the client has sent since the request, and reads no more of it */
export async function forwardUpgrade(
  exchange: Exchange,
  socket: Socket,
  ahead: () => Buffer,
  webSocket: boolean,
): Promise<void> {
  const { gate, admission, response } = exchange;
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
  const inspection = await gate.inspection.ofAnswers(route);
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
