import { refusalStatus } from '../contract/refusal.js';
import type { Exchange } from './exchange.js';

/** Tells the log how a request went. @param status what was answered; 0: nothing */
export function recordExchange(exchange: Exchange, status: number): void {
  const { gate, admission, refusal, request, number, started, failed, received, body, finding } = exchange;
  // Only one who left while held gets none of the answers that a refusal stands for.
  const code = exchange.code ?? (refusal ? 'held-client-left' : null);
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
