import { describe, expect, it } from 'vitest';
import { loadDetectors } from '../../../../src/policy/scan/detectors.js';
import { createScanner } from '../../../../src/policy/scan/scanner.js';

const scanner = createScanner(await loadDetectors('outbound', null), { knownSecrets: [] });
const rulesIn = (text: string) => scanner.scan(Buffer.from(text), 'body').findings.map(({ rule }) => rule);

describe('a body without a digit', () => {
  it.each([
    ['drawn at random', 'GR1348941', 'YBqxaVFvCejZyaWsQDxZ', ['gitlab-runner-registration-token']],
    ['behind a shorter prefix of its own', 'sm_aat_', 'qoXxqHvDSUVZNfGw', ['settlemint-token']],
    ['behind a prefix of five', 'glwt-', 'qvfXPesjKJVFmPJYDGgf', ['gitlab-workspace-token']],
    ['of fourteen letters', 'rzp_live_', 'xKGDOZMaAizrao', ['razorpay-key']],
    ['behind a prefix of four', 'lip_', 'qvfXPesjKJVFmPJYDGgf', []],
    ['of words', 'GR1348941', 'readTheManualAndStart', []],
    ['of one case', 'GR1348941', 'ybqxavfvcejzyawsqdxz', []],
  ])('%s', (_name, prefix, body, expected) => {
    expect(rulesIn(`note: ${prefix}${body}\n`)).toEqual(expected);
  });
});

describe('a personal access token of Atlassian Data Center', () => {
  const token = (beginning: string) =>
    Buffer.concat([Buffer.from(beginning), Buffer.from('f3a9c27be015d6488ab0c3f7e25d91746cb8fe0a', 'hex')])
      .toString('base64')
      .replace(/=+$/, '');
  it.each([
    ['is known by the number it begins with', token('518230476915:'), ['atlassian-data-center-token']],
    ['has a prefix in Bitbucket', `BBDC-${token('518230476915:')}`, ['bitbucket-data-center-token']],
    ['has twelve digits', token('51823047691x:'), []],
  ])('%s', (_name, value, expected) => {
    expect(rulesIn(`note: ${value}\n`)).toEqual(expected);
  });
});

it.each([
  ['a space after its brace', '{ "alg": "RS256", "typ": "JWT" }'],
  ['lines of Windows', '{\r\n  "alg": "RS256",\r\n  "typ": "JWT"\r\n}'],
])('a signed token whose head has %s is one', (_name, head) => {
  const part = (text: string) => Buffer.from(text).toString('base64url');
  const token = `${part(head)}.${part('{"sub":"4711","iss":"https://id.internal"}')}.q7Wz0r8YbK3pT6mXc9LdV2nHs5Fg4RaJ`;
  expect(rulesIn(`note: ${token}\n`)).toEqual(['json-web-token']);
});

describe('a token that is shorter than its provider documents', () => {
  it.each([
    ['postman-key', 'PMAK-5f3a9c27be015d6488ab0c3f-e25d91746cb8fe0a51c7d2b83f964e02b7', 1],
    ['onepassword-secret-key', 'A3-7QW2ZR-8YBK3P-T6MXC-9LDV2-NHS5F-G4RAJ', 1],
    [
      'dynatrace-token',
      `dt0c01.${'Q7WZ0R8YBK3PT6MXC9LDV2NH'}.${'S5FG4RAJQ8ZT1WY0K7WZ0R8YBQ3PT6MX'.repeat(2)}`,
      2,
    ],
  ])('of %s is none', (rule, token, less) => {
    expect(rulesIn(`note: ${token}\n`)).toEqual([rule]);
    expect(rulesIn(`note: ${token.slice(0, -less)}\n`)).toEqual([]);
  });
});
