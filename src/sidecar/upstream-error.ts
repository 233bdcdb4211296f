import type { Refusal, RefusalCode } from '../contract/refusal.js';
import { routeRule, routeYaml } from '../policy/refusals.js';

/** Why an upstream can't be used, in the words of a refusal; its `code` is one of ours, so undici takes it as final. */
export class UpstreamError extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The upstream answered, and its answer is not let through. */
export class RefusedAnswer extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

const timeouts = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);
const protocolErrors =
  /^(?:HPE_|ERR_INVALID_|UND_ERR_(?:HEADERS_OVERFLOW|RES_CONTENT_LENGTH_MISMATCH|HTTP_PARSER|INVALID_ARG))/;

/** Turns whatever broke the way to an upstream into a refusal; only our own messages are passed on. */
export function upstreamRefusal(error: unknown, host: string, routeHost: string): Refusal {
  const rule = routeRule(routeHost);
  if (error instanceof RefusedAnswer) return error.refusal;
  if (error instanceof UpstreamError) {
    const allow = error.code === 'address-not-allowed' ? routeYaml(routeHost, ['private: true']) : null;
    return { code: error.code, message: error.message, rule, allow };
  }
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  if (timeouts.has(code)) {
    return { code: 'upstream-timeout', message: `${host} did not answer in time`, rule, allow: null };
  }
  // undici's parser errors carry their code only in part.
  if (protocolErrors.test(code) || (error instanceof Error && error.name === 'HTTPParserError')) {
    return {
      code: 'upstream-protocol',
      message: `${host} did not answer in valid HTTP/1.1`,
      rule,
      allow: null,
    };
  }
  const detail = /^[A-Z_]{1,40}$/.test(code) ? ` (${code})` : '';
  return {
    code: 'upstream-unreachable',
    message: `the connection to ${host} failed${detail}`,
    rule,
    allow: null,
  };
}
