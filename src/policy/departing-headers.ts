import type { Route } from '../contract/route.js';
import type { RawHeaders } from './request-head.js';
import { rewritesRequest } from './rewriting-headers.js';

/** Between two neighbours only (RFC 9110, 7.6.1), or written anew for the upstream. */
export const hopByHop: ReadonlySet<string> = new Set([
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

/** Names that a route takes off a request, with hyphens for every other sign; null: none. */
export function strippedHeaders({ auth, headers }: Route): ReadonlySet<string> | null {
  const credential = auth !== null || headers.some((header) => 'secret' in header);
  const own = headers.map(({ name }) => readAsHyphens(name.toLowerCase()));
  const strip = new Set<string>([...(credential ? credentialHeaders : []), ...own]);
  return strip.size > 0 ? strip : null;
}

/** Servers of CGI's kind can't tell `X_Api_Key` or `X.Api.Key` from `X-Api-Key`. */
function readAsHyphens(lowerName: string): string {
  return /[^a-z\d-]/.test(lowerName) ? lowerName.replace(/[^a-z\d-]/g, '-') : lowerName;
}

/**
 * Those of the client's headers that go on, names and values in turn; Host and the body's framing are not among them.
 *
 * @param strip those that the route takes off
 */
export function departingHeaders(
  headers: RawHeaders,
  nominated: ReadonlySet<string> | null,
  strip: ReadonlySet<string> | null,
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

/** @param headers names and values in turn */
export function withoutNominated(headers: RawHeaders, nominated: ReadonlySet<string>): string[] {
  const out: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    if (!nominated.has(name.toLowerCase())) out.push(name, headers[index + 1] ?? '');
  }
  return out;
}
