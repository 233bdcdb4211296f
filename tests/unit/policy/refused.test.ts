import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { loadDetectors } from '../../../src/policy/scan/detectors.js';
import { createScanner } from '../../../src/policy/scan/scanner.js';
import { contextCandidates } from '../../../src/policy/scan-rules/look.js';
import { triggersOf } from '../../../src/policy/scan-rules/match.js';
import { isRefused } from '../../../src/policy/scan-rules/refused.js';

const hex = (length: number) => createHash('sha512').update('a body').digest('hex').slice(0, length);
const scanner = createScanner(await loadDetectors('outbound', null), { knownSecrets: [] });
const rulesIn = (text: string) => scanner.scan(Buffer.from(text), 'body').findings.map(({ rule }) => rule);

it.each([
  ['hexadecimal', hex(40)],
  ['letters of all kinds', 'k7wz0r8ybq3pt6mxc9ldv2nhs5fg4rajq8zt1wy0'],
])('a body of %s is found behind a prefix of its own', (_name, body) => {
  expect(rulesIn(`note: pul-${body}\n`)).toEqual(['pulumi-token']);
});

it.each([
  ['with one letter that is no hexadecimal digit', `${hex(20)}k${hex(19)}`],
  ['that is too short', hex(38)],
  ['with a mark in it', `${hex(20)}?${hex(19)}`],
])('a hexadecimal body %s is none', (_name, body) => {
  expect(rulesIn(`note: pul-${body}\n`)).toEqual([]);
});

const trigger = triggersOf().triggers.find(
  (one) => one.kind === 'prefix' && Buffer.from(one.prefix).toString() === 'pul-',
);

it.each([
  ['at the beginning of a value', ' pul-0a1b', 5, true],
  ['in the midst of a name', 'x-pul-0a1b', 6, false],
  ['with no value behind it', ' pul- or', 5, false],
  ['in another case', ' PUL-0a1b', 5, false],
])('a prefix %s', (_name, text, end, expected) => {
  if (trigger?.kind !== 'prefix') throw new Error('no such prefix');
  expect(isRefused(trigger, Buffer.from(text), end)).toBe(expected);
});

it('a value behind a refused prefix has a feature that the same value without it has not', () => {
  const featuresIn = (text: string) => {
    const seen: number[][] = [];
    contextCandidates(Buffer.from(text), (_candidate, features) => seen.push([...features]));
    return seen;
  };
  const [refused] = featuresIn(`api_key = "pul-${hex(30)}"`);
  const [plain] = featuresIn(`api_key = "xyz-${hex(30)}"`);
  expect(refused?.length).toBe((plain?.length ?? 0) + 1);
});

it.each(['live_', 'test_', 'sk_live_'])(
  'a token behind %s, with which several providers begin theirs, may be one of another',
  (prefix) => {
    for (const length of [24, 29, 41]) {
      const body = `k7Wz0R8yBq3pT6mXc9LdV2nHs5FgJ4rAj8QZt1wYuE6oKi0x`.slice(0, length);
      expect(rulesIn(`ACME_API_KEY=${prefix}${body}\n`)).toHaveLength(1);
    }
    expect(rulesIn(`ACME_API_KEY=${prefix}mode_of_the_server\n`)).toEqual([]);
  },
);
