import { verdictHeader } from '../contract/refusal.js';
import type { Route } from '../contract/route.js';
import type { SidecarConfiguration } from '../contract/sidecar.js';
import type { RawHeaders } from '../policy/request-head.js';
import { latin1Texts } from './header-texts.js';
import { rewritesRequest } from './rewriting-headers.js';

/** What a route does to a request's headers on the way out. Holds secrets' values: never to be printed. */
export interface Injection {
  /** Names taken off first, with hyphens for every other sign; null: none. */
  readonly strip: ReadonlySet<string> | null;
  /** Names and values in turn. */
  readonly set: readonly string[];
}

/** Of a route that adds nothing. */
export const noInjection: Injection = { strip: null, set: [] };

/** Between two neighbours only (RFC 9110, 7.6.1), or written anew for the upstream. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'proxy-authenticate',
  'proxy-authentication-info',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'content-length',
  'expect',
]);

/** Headers by which a client says who it is, at any service: a route with a credential of its own takes them all off. */
const credentialHeaders = [
  'authorization',
  'proxy-authorization',
  'cookie',
  'cookie2',
  'x-api-key',
  'api-key',
  'apikey',
  'x-apikey',
  'x-api-token',
  'api-token',
  'private-token',
  'job-token',
  'deploy-token',
  'x-auth-token',
  'x-auth-key',
  'x-auth-email',
  'x-access-token',
  'x-token',
  'x-github-token',
  'x-gitlab-token',
  'x-gitea-otp',
  'x-github-otp',
  'x-goog-api-key',
  'x-goog-iam-authorization-token',
  'x-amz-security-token',
  'x-aws-ec2-metadata-token',
  'x-vault-token',
  'x-consul-token',
  'x-functions-key',
  'x-ms-authorization-auxiliary',
  'ocp-apim-subscription-key',
  'x-rapidapi-key',
  'x-shopify-access-token',
  'x-figma-token',
  'x-session-token',
  'x-authorization',
  'x-original-authorization',
  'x-forwarded-authorization',
  'x-forwarded-access-token',
  'circle-token',
  'npm-otp',
  'dd-api-key',
  'dd-application-key',
  'x-honeycomb-team',
] as const;

/** Reads each secret once, at the start. */
export function createInjection(route: Route, secrets: SidecarConfiguration['secrets']): Injection {
  const set: string[] = [];
  let credential = route.auth !== null;
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
    if ('secret' in header) credential = true;
    set.push(header.name, 'secret' in header ? (secrets[header.secret] ?? '') : header.value);
  }
  const own = route.headers.map(({ name }) => readAsHyphens(name.toLowerCase()));
  const strip = new Set<string>([...(credential ? credentialHeaders : []), ...own]);
  return { strip: strip.size > 0 ? strip : null, set };
}

/** Servers of CGI's kind can't tell `X_Api_Key` or `X.Api.Key` from `X-Api-Key`. */
function readAsHyphens(lowerName: string): string {
  return /[^a-z\d-]/.test(lowerName) ? lowerName.replace(/[^a-z\d-]/g, '-') : lowerName;
}

/** Those of the client's headers that go on, names and values in turn; Host and the body's framing are not among them. */
export function departingHeaders(
  headers: RawHeaders,
  nominated: ReadonlySet<string> | null,
  { strip }: Injection,
): string[] {
  const out: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const lowerName = name.toLowerCase();
    if (nominated?.has(lowerName)) continue;
    const read = readAsHyphens(lowerName);
    if (hopByHop.has(read) || rewritesRequest(read) || strip?.has(read)) continue;
    out.push(name, headers[index + 1] ?? '');
  }
  return out;
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
  const tokens = value
    .toLowerCase()
    .split(',')
    .map((token) => token.trim());
  const others = tokens.filter(
    (token) => token !== 'close' && token !== 'keep-alive' && token !== 'content-length',
  );
  return others.length === 0 ? nominated : new Set([...(nominated ?? []), ...others]);
}

/** @param headers names and values in turn */
export function withoutNominated(headers: RawHeaders, nominated: ReadonlySet<string>): string[] {
  const out: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    if (!nominated.has(name.toLowerCase())) out.push(name, headers[index + 1] ?? '');
  }
  return out;
}
