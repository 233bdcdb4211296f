import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadDetectors } from '../../../src/policy/scan/detectors.js';
import { createScanner } from '../../../src/policy/scan/scanner.js';
import { readsAsWords } from '../../../src/policy/scan-context/bigrams.js';
import { isEncodedJson, isEncrypted, isRepetitive } from '../../../src/policy/scan-context/candidate.js';
import { fitOf, fits, formatSetOf, formatsByProvider } from '../../../src/policy/scan-context/formats.js';

const candidateIn = (text: string, value: string) => {
  const start = text.indexOf(value);
  return { start, end: start + value.length, before: 0, after: 0 };
};

describe('what a value is beside a provider', () => {
  const hex32 = createHash('md5').update('a value').digest('hex');
  it.each([
    ['fits', hex32, fits.fits],
    ['fits in upper case, since hexadecimal has none', hex32.toUpperCase(), fits.fits],
    ['is a letter too short', hex32.slice(1), fits.nearly],
    ['is three letters too long', `${hex32}abc`, fits.nearly],
    ['has a mark in it', `${hex32.slice(0, 9)}?${hex32.slice(10)}`, fits.nearly],
    ['has a mark in it and is too short', `${hex32.slice(0, 9)}?${hex32.slice(12)}`, fits.other],
    ['is of another length', `${hex32}${hex32}`, fits.other],
    [
      'has a letter in it that is no hexadecimal digit',
      `${hex32.slice(0, 20)}k${hex32.slice(21)}`,
      fits.nearly,
    ],
    ['has a letter of the other case', hex32.replace('a', 'A'), fits.nearly],
    ['has letters of all kinds, as a newer key may', 'k7wz0r8ybq3pt6mxc9ldv2nhs5fg4raj', fits.fits],
  ])('%s', (_name, value, expected) => {
    expect(fitOf(formatSetOf('ipstack'), Buffer.from(value), 0, value.length)).toBe(expected);
  });

  it.each([
    ['apollo', 'q7Wz0r8YbK3pT6mXc9LdV2', fits.fits],
    ['apollo', 'q7Wz0r8YbK-pT6mXc9LdV2', fits.nearly],
    ['vpnapi', 'q7Wz0r8YbK3pT6mXc9LdV2nHs5Fg4RaJ', fits.fits],
    ['baremetrics', 'q7Wz0r8YbK3pT6mXc9LdV2nHs', fits.fits],
    ['baremetrics', 'q7Wz0r8YbK3pT6mXc9LdV2nH', fits.nearly],
    ['jumpcloud', 'q7Wz0r8YbK3pT6mXc9LdV2nHs5Fg4RaJq7Wz0r8Y', fits.fits],
  ])('beside %s, %s', (provider, value, expected) => {
    expect(fitOf(formatSetOf(provider), Buffer.from(value), 0, value.length)).toBe(expected);
  });

  it('fits a format without an upper bound that is longer than what is looked at of a value', () => {
    const value = Buffer.from('q7Wz0r8YbK3pT6mX'.repeat(32));
    expect(fitOf(formatSetOf('lemonsqueezy'), value, 0, value.length)).toBe(fits.fits);
  });

  it.each([
    ['hexadecimal', '0a7b3c9d-1e5f-8264-97bc-30d1f5a2846e', fits.fits],
    ['all letters and digits', '0k7b3z9d-1w5f-8q64-9vbc-3xd1t5a2846m', fits.fits],
    ['one letter that is no hexadecimal digit', '0a7b3c9d-1e5f-8264-97bc-30d1f5a28k6e', fits.nearly],
  ])('a UUID of %s', (_name, value, expected) => {
    expect(fitOf(formatSetOf('postmark'), Buffer.from(value), 0, value.length)).toBe(expected);
  });

  it('is told for every provider of the table, whose number fits beside the group of its word', () => {
    for (const name of formatsByProvider.keys()) expect(formatSetOf(name), name).toBeGreaterThan(0);
    expect(Math.max(...Array.from(formatsByProvider.keys(), formatSetOf))).toBeLessThan(1 << 10);
  });
});

describe('no credential by its form', () => {
  it.each([
    ['JSON in base64', Buffer.from('{"create":2400000000,"delete":1}').toString('base64'), true],
    ['a signed token', `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`, false],
    ['a random value', 'Zq7xWv9Tn2RbLm4Hc8sYp0', false],
  ])('%s', (_name, value, expected) => {
    expect(isEncodedJson(Buffer.from(value), { start: 0, end: value.length, before: 0, after: 0 })).toBe(
      expected,
    );
  });

  it.each([
    ['runs of one letter', 'aaaaaaaaaa4444444444bbbbbbbbbb77', true],
    ['a random value', 'aa4bb7Zq7xWv9Tn2RbLm4Hc8sYp0', false],
  ])('%s', (_name, value, expected) => {
    expect(isRepetitive(Buffer.from(value), { start: 0, end: value.length, before: 0, after: 0 })).toBe(
      expected,
    );
  });

  it.each([
    ['{"encrypted_key": "Zq7xWv9Tn2RbLm4H"}', true],
    ['ciphertext=Zq7xWv9Tn2RbLm4H', true],
    ['{"key": "Zq7xWv9Tn2RbLm4H"}', false],
    ['the encrypted_key or token Zq7xWv9Tn2RbLm4H', false],
  ])('what a name calls encrypted: %s', (text, expected) => {
    expect(isEncrypted(Buffer.from(text), candidateIn(text, 'Zq7xWv9Tn2RbLm4H'))).toBe(expected);
  });

  it.each([
    ['EndpointResponseJson', true],
    ['getDevicePartitionHandlerFactory', true],
    ['QxWvKzJqPbTmXfRgHdLc', false],
    ['Zq7xWv9Tn2RbLm4Hc8sY', false],
  ])('words in camel case: %s', (value, expected) => {
    expect(readsAsWords(Buffer.from(value), 0, value.length)).toBe(expected);
  });
});

describe('in a long random run', () => {
  /** 192 KiB that only the seed decides. */
  const bytes = Buffer.concat(
    Array.from({ length: 3072 }, (_, at) => createHash('sha512').update(`run ${at}`).digest()),
  );
  it.each(['base64', 'base64url', 'hex'] as const)('of %s nothing is found', async (encoding) => {
    const scanner = createScanner(await loadDetectors('outbound', null), { knownSecrets: [] });
    expect(scanner.scan(Buffer.from(bytes.toString(encoding)), 'body').findings).toEqual([]);
  });

  it('a token whose checksum is right is found all the same', async () => {
    const scanner = createScanner(await loadDetectors('outbound', null), { knownSecrets: [] });
    const text = bytes.toString('base64url');
    // Thirty letters and digits, and their CRC-32 in base 62.
    const token = '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';
    const found = scanner.scan(
      Buffer.from(`${text.slice(0, 5000)}x${token}y${text.slice(5000, 9000)}`),
      'body',
    );
    expect(found.findings.map(({ rule }) => rule)).toContain('github-personal-access-token');
  });

  it.each([
    ['a hyphen behind it', (token: string) => `key ${token}-`],
    ['a random run and a hyphen before it', (token: string) => `x8Kd02mLQ9aZ-${token} `],
  ])('a key of fixed length is found with %s', async (_name, surround) => {
    const scanner = createScanner(await loadDetectors('outbound', null), { knownSecrets: [] });
    const token = 'AIzaq7Wz0r8YbK3pT6mXc9LdV2nHs5Fg4RaJw1E';
    const found = scanner.scan(Buffer.from(surround(token)), 'body');
    expect(found.findings.map(({ rule }) => rule)).toContain('google-api-key');
  });
});
