import { finalRefusal } from '../policy/refusals.js';
import { refuse, refuseHeld } from './answer.js';
import { askOperator } from './approval.js';
import { dispatch, prepareOutgoing } from './dispatch.js';
import type { Exchange } from './exchange.js';
import { inspectRequest } from './inspection/inspect-request.js';
import { heldBody, NoRoomError, ordinaryBody, readRequestBody, scannedBody } from './read-request-body.js';

/** Requests that may wait for one upstream's connections. */
const queueLimit = 1024;

function refuseForRoom(exchange: Exchange): void {
  const message = 'too many large bodies are being looked at: send it again later';
  refuse(exchange, finalRefusal('too-many-connections', message), true);
}

/** Reads, inspects, dispatches a request that may go on, or that the operator is asked about. */
export async function forward(exchange: Exchange): Promise<void> {
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
    const inspection = await gate.inspection.ofAnswers(route);
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
