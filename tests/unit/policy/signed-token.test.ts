import { describe, expect, it } from 'vitest';
import { loadDetectors } from '../../../src/policy/scan/detectors.js';
import { createScanner } from '../../../src/policy/scan/scanner.js';
import { mayGrant } from '../../../src/policy/scan-rules/signed-token.js';

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const signed = (claims: unknown, head: unknown = { alg: 'HS256', typ: 'JWT' }) =>
  `${part(head)}.${part(claims)}.q7Wz0r8YbK3pT6mXc9LdV2nHs5Fg4RaJ1uEoIiPyTzA`;
const sample = { sub: '1234567890', name: 'John Doe', iat: 1516239022 };

describe('a token signed with a shared key', () => {
  it.each([
    ['names its subject', { sub: '411' }, true],
    ['ends at a time', { exp: 1700000000 }, true],
    ['names an account its own way', { user_id: 7 }, true],
    ['names an account deep inside', { data: [{ account: { number: 7 } }] }, true],
    ['has one short claim', { u: 7 }, true],
    ['carries something opaque', { payload: 'q7Wz0r8YbK3pT6mXc9LdV2nH' }, true],
    ['has the same subject as the sample, but another name', { sub: '1234567890', name: 'Jane Roe' }, true],
    ['has the same name as the sample, but another subject', { sub: '81', name: 'John Doe' }, true],
    ["is the manuals' sample", sample, false],
    ["is the manuals' sample, with more claims", { ...sample, admin: true, exp: 1700000000 }, false],
    ['speaks of nobody', { message: 'nothing to see', level: 0.5 }, false],
  ])('that %s', (_what, claims, expected) => {
    expect(mayGrant(signed(claims))).toBe(expected);
  });

  it.each(['RS256', 'ES256', 'EdDSA', 'none'])('is another thing than one of %s', (alg) => {
    expect(mayGrant(signed(sample, { alg }))).toBe(true);
  });

  it('is a credential where its parts can not be read', () => {
    expect(mayGrant(`${part({ alg: 'HS256' })}.eyJ____.q7Wz`)).toBe(true);
    expect(mayGrant('eyJ____.eyJ____.q7Wz')).toBe(true);
  });
});

describe('the scan of signed tokens', () => {
  it('finds a session beside the sample, and not the sample', async () => {
    const scanner = createScanner(await loadDetectors('outbound', null), { knownSecrets: [] });
    const session = signed({ sub: '411', iat: 1700000000 });
    const text = Buffer.from(`old: ${signed(sample)}\nnew: ${session}\n`);
    const found = scanner
      .scan(text, 'body')
      .findings.map(({ start, end }) => text.toString('latin1', start, end));
    expect(found).toEqual([session]);
  });
});
