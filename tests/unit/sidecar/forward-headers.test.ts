import fc from 'fast-check';
import { expect, test } from 'vitest';
import { departingHeaders } from '../../../src/policy/departing-headers.js';
import {
  createInjection,
  type Injection,
  requestHeaders,
  responseHeaders,
} from '../../../src/sidecar/forward-headers.js';
import { plainRoute } from '../../support/routes.js';

const withAuth = createInjection(
  { ...plainRoute, auth: { scheme: 'token', secret: 'A' }, headers: [{ name: 'X-Own', secret: 'B' }] },
  { A: 'value-a', B: 'value-b' },
);
const plain = createInjection(plainRoute, {});

function namesAndValues(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), flat[index + 1] ?? '']] : [],
  ) as [string, string][];
}

function forUpstream(
  headers: readonly string[],
  host: string,
  nominated: ReadonlySet<string> | null,
  injection: Injection,
): string[] {
  return requestHeaders(departingHeaders(headers, nominated, injection.strip), host, injection);
}

test('whatever the client sends, the upstream gets one Host and the route’s own credential', () => {
  const name = fc.constantFrom(
    'Host',
    'AUTHORIZATION',
    'authorization',
    'Cookie',
    'X-Own',
    'x_own',
    'X_API_KEY',
    'X.Api.Key',
    'Private-Token',
    'X-HTTP-Method-Override',
    'Connection',
    'Accept',
    'TE',
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(name, fc.constantFrom('client', 'authorization', 'x-own, host'))),
      (headers) => {
        const nominated = new Set(['authorization', 'x-own', 'host']);
        const out = namesAndValues(forUpstream(headers.flat(), 'api.test', nominated, withAuth));
        const valuesOf = (wanted: string) =>
          out.filter(([found]) => found === wanted).map(([, value]) => value);
        expect(valuesOf('host')).toEqual(['api.test']);
        expect(valuesOf('authorization')).toEqual(['token value-a']);
        expect(valuesOf('x-own')).toEqual(['value-b']);
        for (const gone of [
          'cookie',
          'x_own',
          'x_api_key',
          'x.api.key',
          'x-http-method-override',
          'private-token',
          'connection',
          'te',
        ]) {
          expect(valuesOf(gone)).toEqual([]);
        }
      },
    ),
  );
});

test('a route without a credential leaves the client’s, in order, duplicates too', () => {
  expect(
    forUpstream(['Cookie', 'a', 'Host', 'x', 'Cookie', 'b', 'Expect', 'y'], 'api.test', null, plain),
  ).toEqual(['host', 'api.test', 'Cookie', 'a', 'Cookie', 'b']);
});

test('a plain header replaces the client’s without touching its credentials', () => {
  const injection = createInjection(
    { ...plainRoute, headers: [{ name: 'User-Agent', value: 'bottle' }] },
    {},
  );
  expect(forUpstream(['user-agent', 'x', 'Authorization', 'mine'], 'a.test', null, injection)).toEqual([
    'host',
    'a.test',
    'Authorization',
    'mine',
    'User-Agent',
    'bottle',
  ]);
});

test('an answer loses its hop’s headers and a forged verdict, and keeps its length', () => {
  const raw = [
    'Connection',
    'close, X-Hop',
    'X-Hop',
    '1',
    'X-BOT-bottle-verdict',
    'x',
    'Content-Length',
    '3',
    'Set-Cookie',
    'a',
    'Set-Cookie',
    'b',
    'Transfer-Encoding',
    'x',
    'Proxy-Authenticate',
    'x',
  ];
  expect(responseHeaders(raw.map((text) => Buffer.from(text)))).toEqual([
    'Content-Length',
    '3',
    'Set-Cookie',
    'a',
    'Set-Cookie',
    'b',
  ]);
});

test('what would rewrite the request at the upstream is taken off on every route, however it is spelt', () => {
  const names = [
    'X-HTTP-Method-Override',
    'x_http_method',
    'X.Original.URL',
    'X-Rewrite-Url',
    'X-Forwarded-Host',
  ];
  const more = ['X_Forwarded_Prefix', 'Forwarded', 'X-Original-Host', 'Transfer_Encoding', 'Content.Length'];
  const headers = [...names, ...more].flatMap((name) => [name, 'x']);
  expect(forUpstream([...headers, 'X-Forward', 'y'], 'api.test', null, plain)).toEqual([
    'host',
    'api.test',
    'X-Forward',
    'y',
  ]);
});

test('a header that the route itself sets is sent, whatever its name', () => {
  const headers = [{ name: 'X-Forwarded-Proto', value: 'https' }];
  const injection = createInjection({ ...plainRoute, headers }, {});
  expect(forUpstream(['x-forwarded-proto', 'http'], 'api.test', null, injection)).toEqual([
    'host',
    'api.test',
    'X-Forwarded-Proto',
    'https',
  ]);
});
