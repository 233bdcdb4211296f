import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadDetectors } from '../../../../src/policy/scan/detectors.js';
import { createScanner } from '../../../../src/policy/scan/scanner.js';

const scanner = createScanner(await loadDetectors('outbound', ['token_patterns']), { knownSecrets: [] });
const rulesIn = (text: string) => scanner.scan(Buffer.from(text), 'body').findings.map(({ rule }) => rule);

const curve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
const pairs: readonly (readonly [
  string,
  { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
])[] = [
  ['RSA of 1024 bits', rsa(1024)],
  ['RSA of 2048 bits', rsa(2048)],
  ['P-256', curve('P-256')],
  ['secp256k1', curve('secp256k1')],
  ['P-384', curve('P-384')],
  ['P-521', curve('P-521')],
  ['Ed25519', generateKeyPairSync('ed25519')],
];
const withoutArmour = (pem: string) => pem.split('\n').slice(1, -2).join('\n');

describe('private keys without their armour', () => {
  it.each(pairs)('are found: PKCS #8, %s', (_name, { privateKey }) => {
    const body = withoutArmour(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
    for (const text of [body, body.replaceAll('\n', ''), JSON.stringify({ note: body })])
      expect(rulesIn(`see\n${text}\n`)).toContain('private-key-without-armour');
  });

  it.each(pairs.filter(([name]) => name !== 'Ed25519'))(
    'are found: of its own format, %s',
    (name, { privateKey }) => {
      const type = name.startsWith('RSA') ? 'pkcs1' : 'sec1';
      const body = withoutArmour(privateKey.export({ format: 'pem', type }).toString());
      expect(rulesIn(body)).toContain('private-key-without-armour');
    },
  );

  it.each(pairs)('and public keys are not: %s', (_name, { publicKey }) => {
    expect(rulesIn(withoutArmour(publicKey.export({ format: 'pem', type: 'spki' }).toString()))).toEqual([]);
  });
});
