import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { departingHeaders } from '../policy/departing-headers.js';
import type { CompiledRoute } from '../policy/routes.js';
import { refuse, refuseHeld } from './answer.js';
import type { Exchange } from './exchange.js';
import { requestHeaders } from './forward-headers.js';
import { askForInspectable } from './inbound/inspectable-request.js';
import type { Inspection } from './inbound/inspection.js';
import { BodyRefused } from './inspection/long-scan.js';
import { createRelay } from './relay.js';
import { upstreamRefusal } from './upstream-error.js';
import type { Upstream } from './upstreams.js';

/** Methods whose body every server reads (RFC 9110, 9.3). */
const withBody = new Set(['POST', 'PUT', 'PATCH']);

/** @param again the second and last try of a request that may be sent twice */
export function dispatch(
  exchange: Exchange,
  route: CompiledRoute,
  inspection: Inspection | null,
  upstream: Upstream,
  again: boolean,
): void {
  const fail = (error: unknown) => {
    if (error instanceof BodyRefused) {
      if (error.refusal) exchange.refusal = error.refusal;
      refuseHeld(exchange);
      return;
    }
    exchange.failed = exchange.refusal === null;
    refuse(exchange, upstreamRefusal(error, exchange.admission.host, route.route.host), false);
  };
  const onError = (error: unknown) => {
    if (again || !maySendAgain(exchange, error)) fail(error);
    else dispatchAgain(exchange, route, inspection).catch(fail);
  };
  const options = dispatchOptions(exchange, route, inspection);
  send(exchange, upstream, options, createRelay(exchange, inspection, onError));
}

/** When the upstream has a connection to spare, unless the client leaves before: then nothing of it is kept. */
export function send(
  { response, body, outgoing }: Exchange,
  upstream: Upstream,
  options: Dispatcher.DispatchOptions,
  handler: Dispatcher.DispatchHandler,
): void {
  upstream.send(options, handler, (leave) => {
    response.once('close', () => {
      if (!leave()) return;
      if (outgoing.content instanceof Readable) outgoing.content.destroy();
      body.release();
    });
  });
}

/** Over a pool that is there now: the one before may have made room for another host's. */
async function dispatchAgain(
  exchange: Exchange,
  route: CompiledRoute,
  inspection: Inspection | null,
): Promise<void> {
  const upstream = await exchange.gate.upstreams(route.route, exchange.admission.host);
  if (!exchange.response.destroyed) dispatch(exchange, route, inspection, upstream, true);
}

/** What of the request goes on, by the way it takes. */
export function prepareOutgoing(exchange: Exchange, route: CompiledRoute): void {
  const { gate, request, admission, body } = exchange;
  const { target, head } = admission;
  const headers = departingHeaders(request.rawHeaders, head.nominated, gate.injectionOf(route).strip);
  exchange.outgoing = { target, headers, content: body.content, length: head.contentLength };
}

export function dispatchOptions(
  exchange: Exchange,
  route: CompiledRoute,
  inspection: Inspection | null,
): Dispatcher.DispatchOptions {
  const { gate, request, admission, outgoing } = exchange;
  const { host } = admission;
  const { content } = outgoing;
  const headers = requestHeaders(outgoing.headers, host, gate.injectionOf(route));
  if (inspection) askForInspectable(headers);
  const length = Buffer.isBuffer(content) ? content.length : outgoing.length;
  if (length !== null) headers.push('content-length', String(length));
  return {
    path: outgoing.target,
    method: request.method as Dispatcher.HttpMethod,
    headers,
    body: content,
    // An upstream that ignores the body of such a request would read it as the next one.
    ...(content !== null && !withBody.has(request.method ?? '') ? { reset: true } : {}),
  };
}

/**
 * A kept-alive connection may close just as a request goes out on it. Without a body, and by a method that changes
 * nothing, it may go out once more (RFC 9110, 9.2.2).
 */
function maySendAgain(exchange: Exchange, error: unknown): boolean {
  const code = String((error as { code?: unknown }).code ?? '');
  if (code !== 'UND_ERR_SOCKET' && code !== 'ECONNRESET' && code !== 'EPIPE') return false;
  const { request, response, body } = exchange;
  const safe = request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS';
  return safe && body.content === null && !response.headersSent && !response.destroyed;
}
