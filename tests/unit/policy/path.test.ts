import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalTarget, queryParameters } from '../../../src/policy/path.js';

describe('a path is refused when it may mean another one:', () => {
  test.each([
    '/a/../b',
    '/a/./b',
    '/..',
    '/.',
    '/a/..',
    '/a/%2e%2e/b',
    '/a/%2E./b',
    '/a/.%2e',
    '/a/%252e%252e/b',
    '/a/%25252e%25252e/b',
    '/a%2f..%2fb',
    '/a%2f%2e%2e%2fb',
    '/a%5c..%5cb',
    '/a\\..\\b',
    '/a/..\\b',
    '/a/..;/b',
    '/a/..;x=y/b',
    '/ok/..%20/evil',
    '/ok/%20../evil',
    '/ok/.%20./evil',
    '/ok/..%3f/evil',
    '/ok/..%3Fevil',
    '/ok/..%23/evil',
    '/ok/..%253f/evil',
    '/ok/%ef%bc%8e%ef%bc%8e/evil',
    '/ok/\xef\xbc\x8e./evil',
    '/ok/%E2%80%A5/evil',
    '/ok%ef%bc%8f..%ef%bc%8fevil',
    '/ok/..%c2%a0/evil',
    '/ok/．．/evil',
    '/a/..%3bx/b',
    '/a/.;/b',
    '/a/%c0%ae%c0%ae/b',
    '/a/%c0%af',
    '/v1/%e0%80%ae%e0%80%ae%e0%80%afadmin',
    '/v1/%f0%80%80%ae%f0%80%80%ae/admin',
    '/v1/%f8%80%80%80%ae/admin',
    '/v1/%fc%80%80%80%80%ae/admin',
    '/v1/%25e0%2580%25ae/admin',
    '/v1/\xe0\x80\xae\xe0\x80\xae/admin',
    '/v1/\xc0\xae./admin',
    '/v1/%25u002e%25u002e/admin',
    '/v1/%2525u002E/admin',
    '/v1/%25%75ff0e/admin',
    '/a%00b',
    '/a%0d%0ab',
    '/a%2500b',
    '/a%7f',
    '/a/%',
    '/a/%z1',
    '/a b',
    '/a\tb',
    '/a\0',
    '/a#b',
    '',
    'a',
    '*',
    'http://x/',
  ])('%j', (target) => {
    expect(canonicalTarget(target)).toMatchObject({ ok: false });
  });
});

describe('a path is matched as', () => {
  test.each([
    ['/', '/'],
    ['/a/b', '/a/b'],
    ['/a//b', '/a//b'],
    ['/.well-known/x', '/.well-known/x'],
    ['/a/...', '/a/...'],
    ['/a/..b', '/a/..b'],
    ['/a/b..', '/a/b..'],
    ['/%61%2D%7e', '/a-~'],
    ['/@scope%2fname', '/@scope%2Fname'],
    ['/group%2Fproject', '/group%2Fproject'],
    ['/a;b=c', '/a;b=c'],
    ['/%e9', '/%E9'],
    ['/\xc3\xa9', '/%C3%A9'],
    ['/%e0%a4%85', '/%E0%A4%85'],
    ['/%f0%9f%98%80', '/%F0%9F%98%80'],
    ['/%e0%20la', '/%E0%20la'],
    ['/100%25', '/100%25'],
    ['/100%25up', '/100%25up'],
    ['/a%20b/%20', '/a%20b/%20'],
    ['/a/..b%20', '/a/..b%20'],
    ['/a/%e2%80%a6', '/a/%E2%80%A6'],
  ])('%s → %s', (target, path) => {
    expect(canonicalTarget(target)).toEqual({ ok: true, path, query: '' });
  });

  test('the query is apart', () => {
    expect(canonicalTarget('/a?b=/../c?d')).toEqual({ ok: true, path: '/a', query: 'b=/../c?d' });
  });
});

test('a canonical path stays as it is', () => {
  const segment = fc.string({ unit: fc.constantFrom(...'ab.~%2e5cf;\\/', '%2F', '%41', '\xe9') });
  fc.assert(
    fc.property(segment, (text) => {
      const once = canonicalTarget(`/${text}`);
      if (once.ok) expect(canonicalTarget(once.path)).toEqual(once);
    }),
    { numRuns: 2000 },
  );
});

test('no canonical path leaves its folder for a server that decodes as often as it likes', () => {
  const part = fc.constantFrom(
    ...['.', '..', '%2e', '%252e', '/', '%2f', '%5c', '\\', ';', 'a', '%3b', '%25', 'u002e'],
    ...['%c0%ae', '%c0%2e', '%e0%80%ae', '%e0%80%af', '%f0%80%80%ae', '\xe0\x80\xae', '%f8%80%80%80%ae'],
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const result = canonicalTarget(`/base/${parts.join('')}`);
      if (!result.ok) return;
      let path = result.path;
      for (let pass = 0; pass < 3; pass += 1) {
        path = path.replace(/%([\da-f]{2})/gi, (_, digits) =>
          String.fromCharCode(Number.parseInt(digits, 16)),
        );
        path = path
          .replace(/%u([\da-f]{4})/gi, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)))
          .replace(/\xc0.|[\xe0\xf0\xf8]\x80+[\x80-\xbf]/g, (form) =>
            String.fromCharCode((form.at(-1) as string).charCodeAt(0) & 0x3f),
          );
        const plain = path.replaceAll('\\', '/').replace(/;[^/]*/g, '');
        expect(new URL(`http://x${plain}`).pathname).toMatch(/^\/base/);
      }
    }),
    { numRuns: 2000 },
  );
});

test('query parameters are read as every server might', () => {
  expect(queryParameters('a=b&c;d%6es=%2541+x&=')).toEqual([
    { name: 'a', value: 'b' },
    { name: 'c', value: '' },
    { name: 'dns', value: 'A x' },
    { name: '', value: '' },
  ]);
});
