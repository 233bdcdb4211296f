import { hiddenHost } from '../policy/refusals.js';
import type { CompiledRoute } from '../policy/routes.js';
import type { Exchange } from './exchange.js';
import type { HoldAnswer, HoldRequest } from './holds.js';
import { leavingOf } from './leaving.js';
import { logPath } from './log-text.js';

/**
 * Asks the operator about a request that no rule allows and none forbids, its bytes unsent, and before the host's
 * name is looked up anywhere. Answers the route to take; null: the exchange is to be refused.
 */
export async function askOperator(exchange: Exchange, route: CompiledRoute): Promise<CompiledRoute | null> {
  const { gate, request, admission, number } = exchange;
  const { refusal, host, target } = admission;
  const { shown } = gate.inspection;
  if (shown(host) !== host) {
    exchange.refusal = hiddenHost;
    return null;
  }
  const answer = await gate.holds.hold(
    {
      request: number,
      kind: 'unknown-host',
      method: request.method ?? '',
      host,
      path: logPath(shown(target)),
      detector: null,
      rule: 'egress.unknown_host',
      snippet: null,
      values: [route.route.scheme],
      allow: refusal?.allow ?? null,
    },
    leavingOf(request.socket),
  );
  if (answer.approved) {
    exchange.refusal = null;
    return route;
  }
  if (answer.refusal) exchange.refusal = answer.refusal;
  else exchange.response.destroy();
  return null;
}

/** Asks the operator about what was found in a request, its bytes unsent. */
export function askAboutFinding(
  exchange: Exchange,
  about: Pick<HoldRequest, 'detector' | 'rule' | 'snippet' | 'values' | 'allow'>,
): Promise<HoldAnswer> {
  const { gate, request, admission, number } = exchange;
  const { shown } = gate.inspection;
  return gate.holds.hold(
    {
      request: number,
      kind: 'finding',
      method: request.method ?? '',
      host: gate.table.exact.has(admission.host) ? admission.host : shown(admission.host),
      path: logPath(shown(exchange.shownTarget)),
      ...about,
    },
    leavingOf(request.socket),
  );
}
