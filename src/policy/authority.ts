import type { RefusalCode } from '../contract/refusal.js';
import { canonicalHost } from './host.js';

export type Authority =
  | { readonly ok: true; readonly host: string; readonly port: number }
  | { readonly ok: false; readonly code: RefusalCode; readonly message: string };

const fail = (code: RefusalCode, message: string): Authority => ({ ok: false, code, message });

/**
 * Reads `host` or `host:port` (RFC 9110, 7.2; no user, no path, no white space).
 *
 * @param defaultPort the port of an authority without one; null: it must have one, as CONNECT's must (RFC 9110, 9.3.6)
 */
export function parseAuthority(text: string, defaultPort: number | null): Authority {
  if (text.startsWith('[')) return fail('ip-literal', 'an IP address is not a host name');
  if (text.includes('@'))
    return fail(
      'malformed-authority',
      'a user before the host: its password belongs in the header Authorization',
    );
  const colon = text.lastIndexOf(':');
  const name = colon === -1 ? text : text.slice(0, colon);
  const host = canonicalHost(name);
  if (!host.ok) {
    return host.reason === 'ip-literal'
      ? fail('ip-literal', 'an IP address is not a host name')
      : fail('malformed-authority', `not a host name (${host.reason})`);
  }
  if (colon === -1) {
    if (defaultPort === null) return fail('malformed-authority', 'the port is missing');
    return { ok: true, host: host.host, port: defaultPort };
  }
  const digits = text.slice(colon + 1);
  if (!/^[1-9]\d{0,4}$/.test(digits)) return fail('malformed-authority', 'not a port');
  const port = Number(digits);
  return port > 65_535 ? fail('malformed-authority', 'not a port') : { ok: true, host: host.host, port };
}

export type ProxyTarget =
  | { readonly ok: true; readonly host: string; readonly port: number; readonly target: string }
  | { readonly ok: false; readonly code: RefusalCode; readonly message: string };

/** Reads the request target that a client sends to a forward proxy: `http://authority/path` (RFC 9112, 3.2.2). */
export function parseProxyTarget(target: string): ProxyTarget {
  if (target.startsWith('/') || target === '*') {
    return { ok: false, code: 'request-to-proxy', message: 'the proxy itself serves nothing' };
  }
  const parts = /^http:\/\/([^/?#\\]*)([/?].*)?$/i.exec(target);
  if (!parts) {
    return { ok: false, code: 'malformed-request', message: 'not an http:// target; https goes by CONNECT' };
  }
  const authority = parseAuthority(parts[1] ?? '', 80);
  if (!authority.ok) return authority;
  const rest = parts[2] ?? '/';
  return {
    ok: true,
    host: authority.host,
    port: authority.port,
    target: rest.startsWith('/') ? rest : `/${rest}`,
  };
}
