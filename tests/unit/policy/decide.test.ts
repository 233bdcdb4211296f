import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusalStatus } from '../../../src/contract/refusal.js';
import type { Route } from '../../../src/contract/route.js';
import { decide, explain, type Question, type Way } from '../../../src/policy/decide.js';
import { compileRoutes } from '../../../src/policy/routes.js';
import { plainRoute } from '../../support/routes.js';

const base: Route = { ...plainRoute, host: 'api.test' };
const ask = (rest: Partial<Question> = {}): Question => ({
  way: 'tls',
  scheme: 'https',
  host: 'api.test',
  port: 443,
  method: 'GET',
  target: '/',
  headers: [],
  ...rest,
});
const answer = (route: Partial<Route>, question: Partial<Question> = {}): string => {
  const verdict = decide(compileRoutes([{ ...base, ...route }]), ask(question));
  return verdict.allowed ? 'allowed' : verdict.refusal.code;
};

const question = fc.record({
  way: fc.constantFrom<Way>('connect', 'plain', 'tls', 'upgrade', 'transparent', 'git'),
  scheme: fc.constantFrom('https' as const, 'http' as const),
  host: fc.constantFrom(
    'api.test',
    'a.wild.test',
    'wild.test',
    'other.test',
    'constructor',
    '__proto__',
    'localhost',
    'toString',
  ),
  port: fc.constantFrom(80, 443, 8443),
  method: fc.constantFrom('GET', 'POST', 'TRACE', 'track', 'CONNECT'),
  target: fc.constantFrom(
    '/',
    '/v1/x',
    '/../x',
    '/r/git-receive-pack',
    '/info/refs?service=git-upload-pack',
    '/x?dns=a',
  ),
  headers: fc.constantFrom(
    [],
    ['Accept', 'application/dns-message'],
    ['X-Key', 'a'],
    ['X-Key', 'a', 'X-Key', 'a'],
  ),
});

describe('for any question', () => {
  test('nothing is allowed without a route', () => {
    fc.assert(
      fc.property(question, (asked) => {
        expect(decide(compileRoutes([]), asked).allowed).toBe(false);
      }),
    );
  });

  test('every refusal has a status, a rule and a message, and explain says the same', () => {
    const table = compileRoutes([
      { ...base, matches: [{ methods: ['GET'], paths: [{ type: 'prefix', value: '/v1' }] }] },
      { ...base, host: '*.wild.test', scheme: 'http', gitFetch: true, matches: [] },
      { ...base, host: 'localhost' },
    ]);
    fc.assert(
      fc.property(question, (asked) => {
        const verdict = decide(table, asked);
        const refusals = explain(table, asked).flatMap(({ refusal }) => (refusal ? [refusal] : []));
        expect(refusals).toEqual(verdict.allowed ? [] : [verdict.refusal]);
        if (verdict.allowed) return;
        expect(refusalStatus[verdict.refusal.code]).toBeGreaterThanOrEqual(400);
        expect(verdict.refusal.rule).not.toBe('');
        expect(verdict.refusal.message).toMatch(/^[ -~]+$/);
      }),
    );
  });

  test('TRACE, CONNECT and a push are refused on every route', () => {
    const all = compileRoutes([
      { ...base, gitFetch: true, doh: true },
      { ...base, host: '*.wild.test' },
    ]);
    fc.assert(
      fc.property(question, (asked) => {
        if (asked.way === 'connect') return;
        const verdict = decide(all, asked);
        if (/^(?:trace|track|connect)$/i.test(asked.method) || asked.target.includes('receive-pack')) {
          expect(verdict.allowed).toBe(false);
        }
      }),
    );
  });
});

describe('which route', () => {
  const table = compileRoutes([
    { ...base, host: '*.test' },
    { ...base, host: '*.b.test' },
    { ...base, host: 'x.b.test' },
  ]);
  test.each([
    ['x.b.test', 'x.b.test'],
    ['y.b.test', '*.b.test'],
    ['z.y.b.test', '*.b.test'],
    ['b.test', '*.test'],
    ['test', null],
    ['constructor', null],
  ])('%s → %s', (host, expected) => {
    expect(decide(table, ask({ host })).route?.route.host ?? null).toBe(expected);
  });

  test('two entries for one host, or a host that is none, are an error', () => {
    expect(() => compileRoutes([base, { ...base, host: 'API.test.' }])).toThrow('second entry');
    expect(() => compileRoutes([{ ...base, host: '10.0.0.1' }])).toThrow('ip-literal');
  });

  test('localhost only with connect_to', () => {
    const connectTo = { host: '127.0.0.1', port: 1 };
    expect(answer({ host: 'localhost' }, { host: 'localhost' })).toBe('host-not-allowed');
    expect(answer({ host: 'localhost', connectTo }, { host: 'localhost' })).toBe('allowed');
    expect(answer({ host: '*.localhost' }, { host: 'a.localhost' })).toBe('host-not-allowed');
  });
});

describe('scheme and port', () => {
  test.each([
    [{}, { way: 'connect', target: '' }, 'allowed'],
    [{}, { way: 'connect', port: 80 }, 'port-not-allowed'],
    [{}, { way: 'plain', scheme: 'http', port: 80 }, 'plain-http-not-allowed'],
    [{ scheme: 'http' }, { way: 'plain', scheme: 'http', port: 80 }, 'allowed'],
    [{ scheme: 'http' }, { way: 'plain', scheme: 'http', port: 8080 }, 'port-not-allowed'],
    [{ scheme: 'http' }, { way: 'connect' }, 'https-not-allowed'],
  ] as const)('%j asked %j: %s', (route, asked, expected) => {
    expect(answer(route, asked)).toBe(expected);
  });
});

describe('matches', () => {
  const matches = [{ paths: [{ type: 'prefix', value: '/v1' }], methods: ['GET', 'POST'] }] as const;
  test.each([
    [null, {}, 'allowed'],
    [[], {}, 'request-not-allowed'],
    [matches, { target: '/v1' }, 'allowed'],
    [matches, { target: '/v1/' }, 'allowed'],
    [matches, { target: '/v1/a?b' }, 'allowed'],
    [matches, { target: '/%761' }, 'allowed'],
    [matches, { target: '/v10' }, 'path-not-allowed'],
    [matches, { target: '/V1' }, 'path-not-allowed'],
    [matches, { target: '/v1%2fa' }, 'path-not-allowed'],
    [matches, { target: '/v1', method: 'DELETE' }, 'method-not-allowed'],
    [matches, { target: '/v1', method: 'get' }, 'method-not-allowed'],
    [matches, { target: '/v2', method: 'DELETE' }, 'request-not-allowed'],
    [[{ paths: [{ type: 'exact', value: '/a' }] }], { target: '/a/' }, 'path-not-allowed'],
    [[{ paths: [{ type: 'exact', value: '/@s%2fn' }] }], { target: '/@s%2Fn' }, 'allowed'],
    [[{ paths: [{ type: 'prefix', value: '/é' }] }], { target: '/%c3%A9/x' }, 'allowed'],
    [[{ paths: [{ type: 'prefix', value: '/é' }] }], { target: '/\xc3\xa9/x' }, 'allowed'],
    [[{ paths: [{ type: 'regex', value: '/a[0-9]+' }] }], { target: '/a12' }, 'allowed'],
    [[{ paths: [{ type: 'regex', value: '/a[0-9]+' }] }], { target: '/a12/b' }, 'path-not-allowed'],
    [[{ paths: [{ type: 'regex', value: '/a|/b' }] }], { target: '/b/c' }, 'path-not-allowed'],
    [[{ headers: [{ name: 'X-Key', value: 'a', type: 'exact' }] }], { headers: ['x-key', 'a'] }, 'allowed'],
    [
      [{ headers: [{ name: 'X-Key', value: 'a', type: 'exact' }] }],
      { headers: ['x-key', 'a', 'X-Key', 'a'] },
      'request-not-allowed',
    ],
    [
      [{ headers: [{ name: 'X-Key', value: 'a.*', type: 'regex' }] }],
      { headers: ['x-key', 'ba'] },
      'request-not-allowed',
    ],
  ] as const)('%j asked %j: %s', (list, asked, expected) => {
    expect(answer({ matches: list as Route['matches'] }, asked)).toBe(expected);
  });

  test('a pattern that would take a backtracking engine for ever is answered at once', () => {
    const list = [{ paths: [{ type: 'regex' as const, value: '/(a+)+b' }] }];
    expect(answer({ matches: list }, { target: `/${'a'.repeat(5000)}` })).toBe('path-not-allowed');
  });

  test('a path that no request can have, and a broken pattern, are errors', () => {
    const withPath = (type: 'exact' | 'regex', value: string) => () =>
      compileRoutes([{ ...base, matches: [{ paths: [{ type, value }] }] }]);
    expect(withPath('exact', '/a/../b')).toThrow('not a canonical path');
    expect(withPath('exact', '/a?b')).toThrow('not a canonical path');
    expect(withPath('regex', '(')).toThrow('not a regular expression');
  });
});

describe('git over HTTP', () => {
  const fetch = '/r.git/info/refs?service=git-upload-pack';
  const type = ['Content-Type', 'application/x-git-upload-pack-request'];
  const upload = { target: '/r.git/git-upload-pack', method: 'POST', headers: type };
  const only = (value: string, kind: 'exact' | 'prefix' = 'exact') => ({
    gitFetch: true,
    matches: [{ methods: ['HEAD'], paths: [{ type: kind, value }] }],
  });
  test.each([
    [{}, { target: fetch }, 'git-fetch-not-allowed'],
    [{}, { target: '/r.git/git-upload-pack', method: 'POST' }, 'git-fetch-not-allowed'],
    [{ gitFetch: true, matches: [] }, { target: fetch }, 'allowed'],
    [{ gitFetch: true, matches: [] }, upload, 'allowed'],
    [{ gitFetch: true, matches: [{ methods: ['HEAD'] }] }, upload, 'allowed'],
    [{ gitFetch: true }, { ...upload, method: 'DELETE' }, 'git-fetch-not-allowed'],
    [{ gitFetch: true }, { ...upload, headers: [] }, 'git-fetch-not-allowed'],
    [{ gitFetch: true }, { ...upload, headers: ['Content-Type', 'text/json'] }, 'git-fetch-not-allowed'],
    [{ gitFetch: true }, { ...upload, target: '/r/issues', headers: type }, 'git-fetch-not-allowed'],
    [{ gitFetch: true }, { ...upload, target: `${upload.target}?title=leak` }, 'git-fetch-not-allowed'],
    [{ gitFetch: true }, { target: `${fetch}&service=x` }, 'git-fetch-not-allowed'],
    [{ gitFetch: true }, { target: `${fetch}&cmd=delete` }, 'git-fetch-not-allowed'],
    [{ gitFetch: true }, { target: `${fetch}&` }, 'git-fetch-not-allowed'],
    [{ gitFetch: true }, { target: '/r/info/refs?service=git%2dupload-pack' }, 'git-fetch-not-allowed'],
    [{ gitFetch: true }, { target: '/r?service%5B%5D=git-upload-pack' }, 'git-fetch-not-allowed'],
    [only('/r.git'), { target: fetch }, 'allowed'],
    [only('/r'), { target: fetch }, 'allowed'],
    [only('/r'), upload, 'allowed'],
    [only('/r.git'), { target: '/r/info/refs?service=git-upload-pack' }, 'allowed'],
    [only('/r.git/info/refs'), { target: fetch }, 'allowed'],
    [only('/r.git/info/refs'), upload, 'path-not-allowed'],
    [only('/team', 'prefix'), { target: `/team${fetch}` }, 'allowed'],
    [only('/team', 'prefix'), { target: `/teams${fetch}` }, 'path-not-allowed'],
    [only('/other'), { target: fetch }, 'path-not-allowed'],
    [only('/other'), { ...upload, target: '/api/v1/x/git-upload-pack' }, 'path-not-allowed'],
    [only('/r'), { target: '/r', method: 'GET' }, 'method-not-allowed'],
    [{ gitFetch: true, matches: [] }, { target: '/r.git/info/refs' }, 'request-not-allowed'],
    [{ gitFetch: true }, { target: '/r.git/info/refs?service=git-receive-pack' }, 'git-push-not-allowed'],
    [
      { gitFetch: true },
      { target: '/r.git/info/refs?x=1;SERVICE=git%252dreceive%2dpack' },
      'git-push-not-allowed',
    ],
    [{ gitFetch: true }, { target: '/r.git/git-receive-pack', method: 'POST' }, 'git-push-not-allowed'],
    [{ gitFetch: true }, { target: '/r.git/git%2dreceive-pack/', method: 'POST' }, 'git-push-not-allowed'],
    [{ gitFetch: true }, { target: '/r.git%2fgit-receive-pack', method: 'POST' }, 'git-push-not-allowed'],
    [{ gitFetch: true }, { target: '/r/git-receive-pack%20' }, 'git-push-not-allowed'],
    [{ gitFetch: true }, { target: '/r/git-receive-pack%3fx' }, 'git-push-not-allowed'],
    [{ gitFetch: true }, { target: '/r/git%252dreceive-pack' }, 'git-push-not-allowed'],
    [{ gitFetch: true }, { target: '/r?service%5B%5D=git-receive-pack' }, 'git-push-not-allowed'],
    [
      {},
      { target: '/r', headers: ['content-type', 'application/x-git-receive-pack-request'] },
      'git-push-not-allowed',
    ],
    [
      { gitFetch: true },
      { target: fetch, headers: ['Accept', 'application/dns-message'] },
      'doh-not-allowed',
    ],
  ] as const)('%j asked %j: %s', (route, asked, expected) => {
    expect(answer(route as Partial<Route>, asked)).toBe(expected);
  });

  test('the lines that a refused fetch suggests allow it', () => {
    const verdict = decide(compileRoutes([{ ...base, ...only('/other') }]), ask({ target: fetch }));
    expect(verdict.allowed ? null : verdict.refusal.allow).toBe(
      'egress:\n  routes:\n    - host: "api.test"\n      matches: [{paths: [{type: exact, value: "/r.git"}]}]\n',
    );
  });
});

describe('DNS over HTTPS', () => {
  test.each([
    [{ target: '/x', headers: ['Content-Type', 'application/dns-message'] }],
    [{ target: '/x', headers: ['ACCEPT', 'text/html, Application/DNS-Message;q=1'] }],
    [{ target: '/x', headers: ['accept', 'application/dns-json'] }],
    [{ target: '/x', headers: ['content-type', 'application/oblivious-dns-message'] }],
    [{ target: '/x?dns=AAAB' }],
    [{ target: '/x?a&D%4eS=AAAB' }],
    [{ target: '/dns-query' }],
    [{ target: '/dns-query%2f' }],
    [{ target: '/a%2fdns%2dquery/b' }],
    [{ target: '/resolve?name=a.test&type=TXT' }],
    [{ target: '/v1/Resolve?n%61me=a.test' }],
  ])('%j', (asked) => {
    expect(answer({}, asked)).toBe('doh-not-allowed');
    expect(answer({ doh: true }, asked)).toBe('allowed');
  });

  test('is not every word with dns in it', () => {
    expect(answer({}, { target: '/dns?adns=1&name=x', headers: ['Accept', 'application/json'] })).toBe(
      'allowed',
    );
  });
});

test('what a refusal says to write would allow the request', () => {
  const verdict = decide(compileRoutes([{ ...base, matches: [] }]), ask({ target: '/v1/a', method: 'PUT' }));
  expect(verdict.allowed ? null : verdict.refusal.allow).toBe(
    'egress:\n  routes:\n    - host: "api.test"\n      matches:\n        - paths: [{type: exact, value: "/v1/a"}]\n          methods: ["PUT"]\n',
  );
});
