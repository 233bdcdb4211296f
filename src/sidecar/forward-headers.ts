import { verdictHeader } from '../contract/refusal.js';
import type { Route } from '../contract/route.js';
import type { SidecarConfiguration } from '../contract/sidecar.js';
import { hopByHop, strippedHeaders, withoutNominated } from '../policy/departing-headers.js';
import type { RawHeaders } from '../policy/request-head.js';
import { latin1Texts } from './header-texts.js';

/** What a route does to a request's headers on the way out. Holds secrets' values: never to be printed. */
export interface Injection {
  /** Names taken off first, with hyphens for every other sign; null: none. */
  readonly strip: ReadonlySet<string> | null;
  /** Names and values in turn. */
  readonly set: readonly string[];
}

/** Of a route that adds nothing. */
export const noInjection: Injection = { strip: null, set: [] };

/** Reads each secret once, at the start. */
export function createInjection(route: Route, secrets: SidecarConfiguration['secrets']): Injection {
  const set: string[] = [];
  if (route.auth) {
    const value = secrets[route.auth.secret] ?? '';
    const { scheme } = route.auth;
    // RFC 7617: the secret is `user:password`.
    set.push(
      'authorization',
      `${scheme} ${scheme === 'Basic' ? Buffer.from(value).toString('base64') : value}`,
    );
  }
  for (const header of route.headers) {
    set.push(header.name, 'secret' in header ? (secrets[header.secret] ?? '') : header.value);
  }
  return { strip: strippedHeaders(route), set };
}

/** The headers for the upstream, Host first; the body's framing is not among them. @param headers those that depart */
export function requestHeaders(headers: RawHeaders, host: string, { set }: Injection): string[] {
  return ['host', host, ...headers, ...set];
}

/**
 * The upstream's headers, or trailers, for the client; its framing stays only as Content-Length.
 *
 * @param raw names and values in turn
 */
export function responseHeaders(raw: readonly (Buffer | string)[] | null): string[] {
  const headers = latin1Texts(raw ?? []);
  const out: string[] = [];
  let nominated: Set<string> | null = null;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const value = headers[index + 1] ?? '';
    const lowerName = name.toLowerCase();
    if (lowerName === 'connection') nominated = addNominated(nominated, value);
    // Ours alone: an upstream could make a refusal of the proxy's look like its own, or the other way round.
    else if (lowerName === verdictHeader) continue;
    else if (lowerName === 'content-length' || !hopByHop.has(lowerName)) out.push(name, value);
  }
  return nominated === null ? out : withoutNominated(out, nominated);
}

function addNominated(nominated: Set<string> | null, value: string): Set<string> | null {
  // What nearly every answer says.
  if (value === 'keep-alive' || value === 'close') return nominated;
  const tokens = value
    .toLowerCase()
    .split(',')
    .map((token) => token.trim());
  const others = tokens.filter(
    (token) => token !== 'close' && token !== 'keep-alive' && token !== 'content-length',
  );
  return others.length === 0 ? nominated : new Set([...(nominated ?? []), ...others]);
}
