import type { IncomingMessage } from 'node:http';
import type { Refusal } from '../contract/refusal.js';
import { parseAuthority, parseProxyTarget } from '../policy/authority.js';
import { decide, type Way } from '../policy/decide.js';
import { finalRefusal } from '../policy/refusals.js';
import { hostProblem, inspectHead, type RequestHead } from '../policy/request-head.js';
import type { CompiledRoute } from '../policy/routes.js';
import { withoutNominated } from './forward-headers.js';
import type { ClientConnection, Gate } from './gate.js';

/** A request and what was decided about it. */
export interface Admission {
  readonly way: Way;
  /** Canonical; empty where the request does not say one that can be read. */
  readonly host: string;
  /** Origin-form. */
  readonly target: string;
  readonly head: RequestHead;
  readonly route: CompiledRoute | null;
  /** null: it may pass. */
  readonly refusal: Refusal | null;
  /** The way it would go if the operator approved; null: nobody is asked. */
  readonly onApproval: CompiledRoute | null;
  /** The message's end can't be trusted: nothing more may be read from this connection. */
  readonly fatal: boolean;
}

const allowed = { refusal: null, onApproval: null } as const;

/** Framing, names and the decision, in this order, for one parsed request on either side of the TLS. */
export function admit(
  gate: Gate,
  connection: ClientConnection,
  request: IncomingMessage,
  upgrade: boolean,
): Admission {
  const way: Way = upgrade ? 'upgrade' : connection.way;
  const head = inspectHead(request.rawHeaders, request.httpVersion);
  const base = {
    way,
    head,
    route: null,
    onApproval: null,
    target: request.url ?? '',
    host: connection.host ?? '',
  };
  if (head.problem) {
    return { ...base, refusal: finalRefusal(head.problem.code, head.problem.message), fatal: true };
  }
  if (connection.problem) return { ...base, refusal: connection.problem, fatal: true };
  const asked = whatIsAsked(connection, base.target, head.host);
  if ('refusal' in asked) return { ...base, refusal: asked.refusal, fatal: false };
  const { host, port, scheme, target } = asked;
  const mismatch = hostProblem(head.host, host, port);
  if (mismatch) {
    const refusal = finalRefusal(mismatch.code, mismatch.message);
    return { ...base, host, target, refusal, fatal: false };
  }
  const headers = head.nominated ? withoutNominated(request.rawHeaders, head.nominated) : request.rawHeaders;
  const method = request.method ?? '';
  const verdict = decide(gate.table, { way, scheme, host, port, method, target, headers });
  const { route } = verdict;
  const { refusal, onApproval } = verdict.allowed ? allowed : verdict;
  return { way, head, host, target, route, refusal, onApproval, fatal: false };
}

type Asked =
  | {
      readonly host: string;
      readonly port: number;
      readonly scheme: 'https' | 'http';
      readonly target: string;
    }
  | { readonly refusal: Refusal };

/**
 * Inside TLS only origin-form names a request (the rest is CONNECT's); outside only absolute-form, but for a client
 * that takes the proxy for the server itself: there Host alone says which one is meant.
 */
function whatIsAsked(connection: ClientConnection, target: string, hostHeader: string | null): Asked {
  if (connection.host !== null) {
    if (target.startsWith('/')) return { host: connection.host, port: 443, scheme: 'https', target };
    const message = 'inside a CONNECT tunnel the target is a path that starts with a slash';
    return { refusal: finalRefusal('target-not-origin-form', message) };
  }
  if (connection.way === 'transparent') return whatServerIsAsked(target, hostHeader);
  const parsed = parseProxyTarget(target);
  if (!parsed.ok) return { refusal: finalRefusal(parsed.code, parsed.message) };
  return { host: parsed.host, port: parsed.port, scheme: 'http', target: parsed.target };
}

function whatServerIsAsked(target: string, hostHeader: string | null): Asked {
  if (!target.startsWith('/')) {
    const message = 'a server is asked for a path that starts with a slash';
    return { refusal: finalRefusal('target-not-origin-form', message) };
  }
  const authority = parseAuthority(hostHeader ?? '', 80);
  if (!authority.ok) return { refusal: finalRefusal(authority.code, `Host: ${authority.message}`) };
  return { host: authority.host, port: authority.port, scheme: 'http', target };
}
