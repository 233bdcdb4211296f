import { gzipSync } from 'node:zlib';

/** A request as the command line is told of it. */
export interface Asked {
  readonly url: string;
  readonly method?: string;
  readonly headers?: readonly string[];
  readonly body?: Buffer | string;
}

/** What became of it: `let-out`, `redacted`, `held`, or `refused` and its code. */
export type Fate = string;

export const apiToken = 'apitok-Hq7Zc2Vn9Xb4Kt6Mw1Ls';
export const found = `ghp_${'x9Kd2LmQ7vRt4WnB'.repeat(3).slice(0, 36)}`;
const holding = `{"note":"${found}"}`;
/** Longer than what is held whole. */
const long = `${'a line of text\n'.repeat(80_000)}${found}`;
/** Its part after the colon is known too. */
export const password = 'Wq8Rn3Ty6Pz1Lk5Vb7';
export const unicode = 'xn--bcher-kva.test';
export const hosts = ['open', 'auth', 'block', 'redact', 'off', 'narrow', 'known', 'picky'];

export const manifest = (secure: number, plain: number) => `---
egress:
  unknown_host: supervise
  routes:
    - {host: open.test, connect_to: '127.0.0.1:${secure}', ca_file: ca.pem}
    - {host: bücher.test, connect_to: '127.0.0.1:${secure}', ca_file: ca.pem}
    - {host: auth.test, connect_to: '127.0.0.1:${secure}', ca_file: ca.pem, auth: {scheme: Bearer, token_ref: API_TOKEN},
       headers: [{name: X-Team, value: blue}]}
    - {host: block.test, connect_to: '127.0.0.1:${secure}', ca_file: ca.pem, dlp: {outbound_on_match: block}}
    - {host: redact.test, connect_to: '127.0.0.1:${secure}', ca_file: ca.pem, dlp: {outbound_on_match: redact}}
    - {host: picky.test, connect_to: '127.0.0.1:${secure}', ca_file: ca.pem, dlp: {outbound_on_match: redact},
       matches: [{paths: [{type: regex, value: '/v1/ghp_[A-Za-z0-9]+'}]}]}
    - {host: off.test, connect_to: '127.0.0.1:${secure}', ca_file: ca.pem, dlp: {outbound_detectors: false}}
    - {host: known.test, connect_to: '127.0.0.1:${secure}', ca_file: ca.pem,
       dlp: {outbound_detectors: [known_secrets], outbound_on_match: block}}
    - {host: narrow.test, connect_to: '127.0.0.1:${secure}', ca_file: ca.pem,
       matches: [{methods: [GET], paths: [{type: prefix, value: /v1}]}]}
    - {host: '*.wild.test', connect_to: '127.0.0.1:${secure}', ca_file: ca.pem, auth: {scheme: Basic, token_ref: LOGIN}}
    - {host: plain.test, scheme: http, connect_to: '127.0.0.1:${plain}'}
---
`;

/** Each with what the sidecar does, so that the two can't be wrong together. */
export const table: readonly (readonly [name: string, asked: Asked, fate: Fate])[] = [
  ['a request that a route allows', { url: 'https://open.test/v1?a=1' }, 'let-out'],
  ['plain HTTP', { url: 'http://plain.test/v1' }, 'let-out'],
  ['a host that no route names', { url: 'https://unknown.test/' }, 'held'],
  ['the same in plain HTTP', { url: 'http://unknown.test/a' }, 'held'],
  ['the same with a finding', { url: 'https://unknown.test/', body: holding, method: 'POST' }, 'held'],
  ['one whose name holds a token', { url: `https://${apiToken}.test/` }, 'refused secret-found'],
  ['a local name', { url: 'https://localhost/' }, 'refused host-not-allowed'],
  ['an address', { url: 'https://127.0.0.1/' }, 'refused ip-literal'],
  ['an address in plain HTTP', { url: 'http://[::1]/' }, 'refused ip-literal'],
  ['another port', { url: 'https://open.test:8443/' }, 'refused port-not-allowed'],
  ['a port that is none', { url: 'https://open.test:x/' }, 'refused malformed-authority'],
  ['a user before the host', { url: 'http://u:p@plain.test/' }, 'refused malformed-authority'],
  ['plain HTTP to a TLS host', { url: 'http://open.test/' }, 'refused plain-http-not-allowed'],
  ['TLS to a plain host', { url: 'https://plain.test/' }, 'refused https-not-allowed'],
  ['a path in no match', { url: 'https://narrow.test/v2' }, 'refused path-not-allowed'],
  ['a method in no match', { url: 'https://narrow.test/v1', method: 'PUT' }, 'refused method-not-allowed'],
  ['a dot segment', { url: 'https://open.test/a/%2e%2e/b' }, 'refused path-not-canonical'],
  ['a name in Unicode', { url: 'https://bücher.test/' }, 'let-out'],
  ['a method in small letters', { url: 'https://open.test/', method: 'get' }, 'refused malformed-request'],
  ['a method of two words', { url: 'https://open.test/', method: 'G T' }, 'refused malformed-request'],
  ['TRACE', { url: 'https://open.test/', method: 'TRACE' }, 'refused method-not-allowed'],
  ['CONNECT in a tunnel', { url: 'https://open.test/', method: 'CONNECT' }, 'refused method-not-allowed'],
  ['a space in the path', { url: 'https://open.test/a b' }, 'refused malformed-request'],
  ['another Host', { url: 'https://open.test/', headers: ['Host: other.test'] }, 'refused host-mismatch'],
  ['the same Host, longer', { url: 'https://open.test/', headers: ['host: OPEN.test.:443'] }, 'let-out'],
  [
    'two Hosts',
    { url: 'https://open.test/', headers: ['Host: open.test', 'Host: open.test'] },
    'refused duplicate-header',
  ],
  [
    'a header with a space in its name',
    { url: 'https://open.test/', headers: ['X Y: 1'] },
    'refused malformed-request',
  ],
  [
    'a header of 70 kB',
    { url: 'https://open.test/', headers: [`X-Long: ${'a '.repeat(35_000)}`] },
    'refused headers-too-large',
  ],
  [
    'an unknown expectation',
    { url: 'https://open.test/', headers: ['Expect: tea'] },
    'refused malformed-request',
  ],
  [
    'two framings',
    {
      url: 'https://open.test/',
      method: 'POST',
      body: 'ab',
      headers: ['Content-Length: 2', 'Transfer-Encoding: chunked'],
    },
    'refused ambiguous-framing',
  ],
  [
    'an upgrade with a body',
    { url: 'https://open.test/', body: 'ab', headers: ['Connection: Upgrade', 'Upgrade: websocket'] },
    'refused ambiguous-framing',
  ],
  [
    'an upgrade with a token',
    {
      url: 'https://block.test/',
      headers: ['Connection: Upgrade', 'Upgrade: websocket', `X-Note: ${found}`],
    },
    'refused secret-found',
  ],
  ['a token in the query', { url: `https://open.test/?key=${found}` }, 'held'],
  ['the same where it says block', { url: `https://block.test/?key=${found}` }, 'refused secret-found'],
  ['the same where it says redact', { url: `https://redact.test/?key=${found}` }, 'redacted'],
  ['the same without detectors', { url: `https://off.test/?key=${found}` }, 'let-out'],
  ['the same where only known values count', { url: `https://known.test/?key=${found}` }, 'let-out'],
  ['a known value there', { url: `https://known.test/?key=${apiToken}` }, 'refused secret-found'],
  ['a line break there', { url: 'https://known.test/a%0d%0aX:%20y' }, 'refused path-not-canonical'],
  [
    'a line break in a query there',
    { url: 'https://known.test/?a=%0d%0aHost:%20evil.test%0d%0a' },
    'refused line-break-found',
  ],
  [
    'a token in a path that the rules ask for',
    { url: `https://picky.test/v1/${found}` },
    'refused not-redactable',
  ],
  [
    "a token in a header's name",
    { url: 'https://redact.test/', headers: [`X-${found}: 1`] },
    'refused not-redactable',
  ],
  ['a token in a body', { url: 'https://open.test/', method: 'POST', body: holding }, 'held'],
  [
    'a token in a body that is covered',
    { url: 'https://redact.test/', method: 'POST', body: holding },
    'redacted',
  ],
  [
    'a token in a gzipped body',
    {
      url: 'https://block.test/',
      method: 'POST',
      body: gzipSync(holding),
      headers: ['Content-Encoding: gzip'],
    },
    'refused secret-found',
  ],
  [
    'an encoding that nobody undoes',
    { url: 'https://redact.test/', method: 'POST', body: holding, headers: ['Content-Encoding: compress'] },
    'refused encoding-not-scannable',
  ],
  [
    'a value in parts',
    {
      url: `https://open.test/?a=${apiToken.slice(0, 14)}`,
      method: 'POST',
      body: `{"b":"${apiToken.slice(14)}"}`,
    },
    'held',
  ],
  ['a token in a header that goes on', { url: 'https://open.test/', headers: [`X-Note: ${found}`] }, 'held'],
  [
    'a token in X-Forwarded-For',
    { url: 'https://block.test/', headers: [`X-Forwarded-For: ${found}`] },
    'let-out',
  ],
  [
    'a token in Proxy-Authorization',
    { url: 'https://block.test/', headers: [`Proxy-Authorization: Bearer ${found}`] },
    'let-out',
  ],
  [
    'a token in a hop-by-hop header',
    { url: 'https://block.test/', headers: [`Keep-Alive: ${found}`] },
    'let-out',
  ],
  [
    'a token in a header that Connection names',
    { url: 'https://block.test/', headers: ['Connection: x-note', `X-Note: ${found}`] },
    'let-out',
  ],
  [
    'a token in X_HTTP_Method_Override',
    { url: 'https://block.test/', headers: [`X_HTTP_Method_Override: ${found}`] },
    'let-out',
  ],
  [
    'the credential of the agent where the route has one',
    {
      url: 'https://auth.test/',
      headers: [
        `Authorization: Bearer ${found}`,
        `X-Api-Key: ${found}`,
        `Cookie: a=${found}`,
        `X-Team: ${found}`,
      ],
    },
    'let-out',
  ],
  [
    'the same where it has none',
    { url: 'https://open.test/', headers: [`Authorization: Bearer ${found}`] },
    'held',
  ],
  [
    'a token in a long body',
    { url: 'https://block.test/', method: 'POST', body: long },
    'refused secret-found',
  ],
  [
    'a token in a long body that is covered',
    { url: 'https://redact.test/', method: 'POST', body: long },
    'redacted',
  ],
  [
    'a long body encoded twice',
    { url: 'https://redact.test/', method: 'POST', body: long, headers: ['Content-Encoding: gzip, br'] },
    'refused encoding-not-scannable',
  ],
  ['CONNECT to a whole URL', { url: 'http://plain.test/', method: 'CONNECT' }, 'refused malformed-authority'],
  ['a query without a path', { url: 'https://open.test?a=1' }, 'let-out'],
  ['letters beyond ASCII in the path', { url: 'https://open.test/ü' }, 'refused malformed-request'],
  [
    'a header of two lines',
    { url: 'https://open.test/', headers: ['X-A: 1\r\nHost: other.test'] },
    'refused duplicate-header',
  ],
  [
    'a broken line in a header',
    { url: 'https://open.test/', headers: ['X-A: 1\nX-B: 2'] },
    'refused malformed-request',
  ],
  [
    'an upgrade to WebSocket',
    { url: 'https://open.test/', headers: ['Connection: Upgrade', 'Upgrade: websocket'] },
    'let-out',
  ],
  ['a host that a pattern names', { url: 'https://a.b.wild.test/' }, 'let-out'],
  ["the pattern's own name", { url: 'https://wild.test/' }, 'held'],
  [
    'a push over HTTP',
    { url: 'https://open.test/a.git/info/refs?service=git-receive-pack' },
    'refused git-push-not-allowed',
  ],
  [
    'a fetch over HTTP',
    { url: 'https://open.test/a.git/info/refs?service=git-upload-pack' },
    'refused git-fetch-not-allowed',
  ],
  [
    'a DNS message',
    { url: 'https://open.test/dns-query?dns=AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB' },
    'refused doh-not-allowed',
  ],
  ['the password of a Basic credential', { url: `https://open.test/?a=${password}` }, 'held'],
];
