import type { Duplex } from 'node:stream';
import { type Refusal, refusalStatus } from '../contract/refusal.js';
import type { Exchange } from './exchange.js';
import { connections, type Gate } from './gate.js';

/** Tells the log how a request went. @param status what was answered; 0: nothing */
export function recordExchange(exchange: Exchange, status: number): void {
  const { gate, admission, refusal, request, number, started, failed, received, body, finding } = exchange;
  // Only one whose client left gets no answer.
  const left = refusal ? 'held-client-left' : 'client-left';
  const code = exchange.code ?? (refusal || !exchange.departed ? left : null);
  const refusedStatus = code === null ? status : refusalStatus[code];
  gate.record({
    time: started,
    request: number,
    way: admission.way,
    method: request.method ?? '',
    host: admission.host,
    target: exchange.shownTarget,
    finding,
    route: admission.route?.route.host ?? null,
    verdict:
      refusal || code === 'held-client-left' ? 'refused' : failed || code !== null ? 'failed' : 'allowed',
    code,
    status: status === 0 ? refusedStatus : status,
    bytesSent: body.size(),
    bytesReceived: received,
    duration: Date.now() - started,
  });
}

/** The same of what never became an exchange. */
export function recordUnparsed(
  gate: Gate,
  socket: Duplex,
  refusal: Refusal,
  host: string,
  method: string,
): void {
  gate.record({
    time: Date.now(),
    request: gate.nextRequest(),
    way: connections.get(socket)?.way ?? 'plain',
    method,
    host,
    target: '',
    route: null,
    verdict: 'refused',
    code: refusal.code,
    status: refusalStatus[refusal.code],
    bytesSent: 0,
    bytesReceived: 0,
    duration: 0,
  });
}
