import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalHost, canonicalHostPattern, isLocalName } from '../../../src/policy/host.js';

const label = fc
  .stringMatching(/^[a-z](?:[a-z0-9-]{0,20}[a-z0-9])?$/)
  .filter((text) => !text.startsWith('xn--'));
const name = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'));

describe('a host name', () => {
  test('has one form whatever its case and its last dot', () => {
    fc.assert(
      fc.property(name, fc.boolean(), fc.infiniteStream(fc.boolean()), (host, dot, upper) => {
        const spelled = [...host]
          .map((character) => (upper.next().value ? character.toUpperCase() : character))
          .join('');
        expect(canonicalHost(dot ? `${spelled}.` : spelled)).toEqual({ ok: true, host });
      }),
    );
  });

  test('in canonical form stays as it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const once = canonicalHost(text);
        if (once.ok) expect(canonicalHost(once.host)).toEqual(once);
      }),
    );
  });

  test('is letters, digits, inner hyphens and dots, or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const result = canonicalHost(text);
        if (result.ok) expect(result.host).toMatch(/^(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*$/);
      }),
    );
  });

  test.each([
    ['', 'empty'],
    ['.', 'empty'],
    ['a..b', 'empty-label'],
    ['.a', 'empty-label'],
    ['a.b..', 'empty-label'],
    ['a_b.test', 'forbidden-character'],
    ['a b', 'forbidden-character'],
    ['a\0b', 'forbidden-character'],
    ['a@b', 'forbidden-character'],
    ['a%2eb', 'forbidden-character'],
    ['\u212a.test', 'forbidden-character'],
    ['bücher.test', 'forbidden-character'],
    ['a\u3002test', 'forbidden-character'],
    ['a/b', 'forbidden-character'],
    ['-a.test', 'hyphen-at-edge'],
    ['a-.test', 'hyphen-at-edge'],
    [`${'a'.repeat(64)}.test`, 'label-too-long'],
    [`${'a.'.repeat(126)}aa`, 'too-long'],
    ['xn--zzzzzz.test', 'invalid-idna'],
    ['xn--a.test', 'invalid-idna'],
  ])('%j is none: %s', (text, reason) => {
    expect(canonicalHost(text)).toEqual({ ok: false, reason });
  });

  test.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '1.2.3.4.',
    'a.b.1',
    'a.0x',
    '999.1.1.1',
    '[::1]',
    '[::ffff:1.2.3.4]',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
  ])('%s is an address', (text) => {
    expect(canonicalHost(text)).toEqual({ ok: false, reason: 'ip-literal' });
  });

  test('253 characters are the most', () => {
    const most = `${'a'.repeat(63)}.`.repeat(3) + 'a'.repeat(61);
    expect(canonicalHost(most)).toMatchObject({ ok: true });
    expect(canonicalHost(`${most}.`)).toEqual({ ok: true, host: most });
    expect(canonicalHost(`${most}a`)).toMatchObject({ ok: false });
  });

  test.each(['xn--mnchen-3ya.de', 'xn--fa-hia.de', 'r3---sn-x.googlevideo.com', 'constructor', '1a.test'])(
    '%s is one',
    (text) => {
      expect(canonicalHost(text)).toEqual({ ok: true, host: text });
    },
  );
});

test('a pattern is a name, or *. and a name', () => {
  expect(canonicalHostPattern('*.Example.com.')).toEqual({ ok: true, host: '*.example.com' });
  for (const text of ['*', '*.', '*.*.test', 'a.*.test', '*a.test', '*.127.0.0.1']) {
    expect(canonicalHostPattern(text).ok).toBe(false);
  }
});

test('localhost and what is below it are local', () => {
  expect(['localhost', 'a.localhost', 'localhost.test', 'mylocalhost'].map(isLocalName)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
