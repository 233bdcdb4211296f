import { expect, test } from 'vitest';
import { parseAuthority, parseProxyTarget } from '../../../src/policy/authority.js';
import { hostProblem, inspectHead } from '../../../src/policy/request-head.js';

test.each([
  ['a.test:443', 'a.test', 443],
  ['A.test.:8443', 'a.test', 8443],
  ['a.test', 'a.test', 80],
])('%s is an authority', (text, host, port) => {
  expect(parseAuthority(text, 80)).toEqual({ ok: true, host, port });
});

test.each([
  'a.test:',
  'a.test:0',
  'a.test:070',
  'a.test:65536',
  'a.test: 80',
  'a.test:80 ',
  'a.test:8_0',
  'a:b@c:80',
  'a.test:80:80',
  ' a.test',
  'a.test/x',
])('%j is none', (text) => {
  expect(parseAuthority(text, 80)).toMatchObject({ ok: false, code: 'malformed-authority' });
});

test('a user before the host is called one', () => {
  for (const text of ['u:p@a.test', 'u@a.test:80'])
    expect(parseAuthority(text, 80)).toMatchObject({
      message: expect.stringMatching(/^a user before the host/),
    });
});

test('a proxy’s target is split strictly', () => {
  expect(parseProxyTarget('HTTP://A.test?x')).toEqual({ ok: true, host: 'a.test', port: 80, target: '/?x' });
  expect(parseProxyTarget('http://a.test/b?c')).toEqual({
    ok: true,
    host: 'a.test',
    port: 80,
    target: '/b?c',
  });
  expect(parseProxyTarget('/x')).toMatchObject({ code: 'request-to-proxy' });
  for (const text of [
    'https://a.test/',
    'http:/a.test/',
    'http:a.test',
    'http://a.test\\@b.test/',
    'http://a.test#b',
    '',
  ]) {
    expect(parseProxyTarget(text)).toMatchObject({ ok: false });
  }
});

test.each([
  [['Host', 'a', 'host', 'a'], 'duplicate-header'],
  [['Authorization', 'a', 'AUTHORIZATION', 'b'], 'duplicate-header'],
  [['Content-Length', '1', 'content-length', '1'], 'ambiguous-framing'],
  [['Content-Length', '1', 'Transfer-Encoding', 'chunked'], 'ambiguous-framing'],
  [['Transfer-Encoding', 'chunked, chunked'], 'ambiguous-framing'],
  [['Transfer-Encoding', ''], 'ambiguous-framing'],
  [['Content-Length', '1e3'], 'ambiguous-framing'],
])('the headers %j are refused', (headers, code) => {
  expect(inspectHead(headers, '1.1').problem?.code).toBe(code);
});

test('the head’s one pass finds what the forwarding needs', () => {
  const headers = [
    'Host',
    'a',
    'Connection',
    'close, X-A',
    'connection',
    'x-b',
    'Content-Length',
    '12',
    'Cookie',
    'a',
    'Cookie',
    'b',
  ];
  expect(inspectHead(headers, '1.1')).toEqual({
    problem: null,
    host: 'a',
    contentLength: 12,
    chunked: false,
    nominated: new Set(['x-a', 'x-b']),
  });
});

test('Host must be the connection’s', () => {
  expect(hostProblem('a.test', 'a.test', 443)).toBe(null);
  expect(hostProblem('A.TEST.:443', 'a.test', 443)).toBe(null);
  for (const value of [null, '', 'b.test', 'a.test:80', 'a.test,a.test', '127.0.0.1']) {
    expect(hostProblem(value, 'a.test', 443)?.code).toBe('host-mismatch');
  }
});
