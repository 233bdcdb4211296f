import type { Refusal } from '../contract/refusal.js';
import { parseAuthority, parseProxyTarget } from './authority.js';
import { decide, type Question, type Way } from './decide.js';
import { withoutNominated } from './departing-headers.js';
import { finalRefusal } from './refusals.js';
import { hostProblem, inspectHead, type RawHeaders, type RequestHead } from './request-head.js';
import type { CompiledRoute, RouteTable } from './routes.js';

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

/** What was agreed on a connection before the first request on it. */
export interface Opened {
  readonly way: 'plain' | 'tls' | 'transparent';
  /** What CONNECT, or a transparent handshake, asked for; null outside TLS, where each request says. */
  readonly host: string | null;
  /** Why no request on it can be answered. */
  readonly problem: Refusal | null;
}

/** A request as the parser read it. */
export interface ParsedRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly rawHeaders: RawHeaders;
  readonly httpVersion: string;
}

/** What a request asks for, or why that can't be told. */
export type Asked =
  | { readonly head: RequestHead; readonly question: Question; readonly refusal: null }
  | {
      readonly head: RequestHead;
      readonly way: Way;
      readonly host: string;
      readonly target: string;
      readonly refusal: Refusal;
      readonly fatal: boolean;
    };

const allowed = { refusal: null, onApproval: null } as const;

/** Framing, names and the decision, in this order, for one parsed request on either side of the TLS. */
export function admit(
  table: RouteTable,
  connection: Opened,
  request: ParsedRequest,
  upgrade: boolean,
): Admission {
  const asked = whatIsAsked(connection, request, upgrade);
  if (asked.refusal) return { ...asked, route: null, onApproval: null };
  const { head, question } = asked;
  const { way, host, target } = question;
  const verdict = decide(table, question);
  const { route } = verdict;
  const { refusal, onApproval } = verdict.allowed ? allowed : verdict;
  return { way, head, host, target, route, refusal, onApproval, fatal: false };
}

/** Framing and names of a request: all that can be wrong with it before a rule is asked. */
export function whatIsAsked(connection: Opened, request: ParsedRequest, upgrade: boolean): Asked {
  const way: Way = upgrade ? 'upgrade' : connection.way;
  const head = inspectHead(request.rawHeaders, request.httpVersion);
  const base = { way, head, target: request.url ?? '', host: connection.host ?? '' };
  if (head.problem) {
    return { ...base, refusal: finalRefusal(head.problem.code, head.problem.message), fatal: true };
  }
  if (connection.problem) return { ...base, refusal: connection.problem, fatal: true };
  const named = whatIsNamed(connection, base.target, head.host);
  if ('refusal' in named) return { ...base, refusal: named.refusal, fatal: false };
  const { host, port, scheme, target } = named;
  const mismatch = hostProblem(head.host, host, port);
  if (mismatch) {
    const refusal = finalRefusal(mismatch.code, mismatch.message);
    return { ...base, host, target, refusal, fatal: false };
  }
  const headers = head.nominated ? withoutNominated(request.rawHeaders, head.nominated) : request.rawHeaders;
  const method = request.method ?? '';
  return { head, question: { way, scheme, host, port, method, target, headers }, refusal: null };
}

/** What CONNECT asks. @param host canonical */
export function connectQuestion(host: string, port: number): Question {
  return { way: 'connect', scheme: 'https', host, port, method: 'CONNECT', target: '', headers: [] };
}

/** An upgrade's body would be read as the new protocol. */
export function upgradeProblem({ chunked, contentLength }: RequestHead): Refusal | null {
  if (!chunked && (contentLength ?? 0) === 0) return null;
  return finalRefusal('ambiguous-framing', 'an upgrade request with a body');
}

type Named =
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
function whatIsNamed(connection: Opened, target: string, hostHeader: string | null): Named {
  if (connection.host !== null) {
    if (target.startsWith('/')) return { host: connection.host, port: 443, scheme: 'https', target };
    const message = 'inside a CONNECT tunnel the target is a path that starts with a slash';
    return { refusal: finalRefusal('target-not-origin-form', message) };
  }
  if (connection.way === 'transparent') return whatServerIsNamed(target, hostHeader);
  const parsed = parseProxyTarget(target);
  if (!parsed.ok) return { refusal: finalRefusal(parsed.code, parsed.message) };
  return { host: parsed.host, port: parsed.port, scheme: 'http', target: parsed.target };
}

function whatServerIsNamed(target: string, hostHeader: string | null): Named {
  if (!target.startsWith('/')) {
    const message = 'a server is asked for a path that starts with a slash';
    return { refusal: finalRefusal('target-not-origin-form', message) };
  }
  const authority = parseAuthority(hostHeader ?? '', 80);
  if (!authority.ok) return { refusal: finalRefusal(authority.code, `Host: ${authority.message}`) };
  return { host: authority.host, port: authority.port, scheme: 'http', target };
}
