import 'reflect-metadata';
import { spawnSync } from 'node:child_process';
import { createPublicKey, KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { describe, expect, it } from 'vitest';
import { signLeaf } from '../../src/sidecar/leaf.js';
import { hasProgram, needs } from '../support/needs.js';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const day = 24 * 60 * 60 * 1000;
const soon = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) };
const serialNumber = Buffer.from('7f00000000000000000000000000ff01', 'hex');

async function makeAuthority() {
  x509.cryptoProvider.set(webcrypto as never);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=test authority',
    keys,
    signingAlgorithm: algorithm,
    ...soon,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const leafKeys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const extensions = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    await x509.SubjectKeyIdentifierExtension.create(leafKeys.publicKey),
    await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
  ];
  const template = {
    issuer: new Uint8Array(made.subjectName.toArrayBuffer()),
    subject: new Uint8Array(new x509.Name('CN=test leaf').toArrayBuffer()),
    publicKey: new Uint8Array(await webcrypto.subtle.exportKey('spki', leafKeys.publicKey)),
    extensions: extensions.map(({ rawData }) => new Uint8Array(rawData)),
  };
  return { pem: made.toString('pem'), template, key: KeyObject.from(keys.privateKey) };
}

const authority = await makeAuthority();
const label = (letter: string, length: number) => letter.repeat(length);
/** Lengths on both sides of those at which DER's own lengths take another byte. */
const hosts = [
  'a.b',
  'xn--bcher-kva.example',
  `${label('a', 63)}.${label('b', 55)}.example`,
  `${label('a', 63)}.${label('b', 56)}.example`,
  `${label('a', 63)}.${label('b', 63)}.${label('c', 63)}.${label('d', 61)}`,
];

describe('a leaf certificate', () => {
  it('is PEM without an empty line, whatever its length', () => {
    for (let length = 1; length <= 63; length += 1) {
      const leaf = signLeaf(authority.template, label('a', length), serialNumber, soon, authority.key);
      expect(leaf).not.toContain('\n\n');
      expect(new X509Certificate(leaf).checkHost(label('a', length))).toBe(label('a', length));
    }
  });

  it.each(hosts)('names its host alone and is signed by the authority: %s', (host) => {
    const leaf = new X509Certificate(signLeaf(authority.template, host, serialNumber, soon, authority.key));
    const issuer = new X509Certificate(authority.pem);
    expect(leaf.subjectAltName).toBe(`DNS:${host}`);
    expect(leaf.checkIssued(issuer)).toBe(true);
    expect(leaf.verify(issuer.publicKey)).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.serialNumber).toBe(serialNumber.toString('hex').toUpperCase());
    const wanted = createPublicKey({
      key: Buffer.from(authority.template.publicKey),
      format: 'der',
      type: 'spki',
    });
    expect(leaf.publicKey.equals(wanted)).toBe(true);
  });

  it('keeps its times on both sides of 2050', () => {
    const validity = {
      notBefore: new Date('2049-12-31T23:59:59Z'),
      notAfter: new Date('2050-01-01T00:00:00Z'),
    };
    const leaf = new X509Certificate(
      signLeaf(authority.template, 'a.b', serialNumber, validity, authority.key),
    );
    expect(new Date(leaf.validFrom)).toEqual(validity.notBefore);
    expect(new Date(leaf.validTo)).toEqual(validity.notAfter);
  });
});

needs('openssl', hasProgram('openssl'), 'a leaf certificate by the strict rules', () => {
  it('is valid for its host', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bot-bottle-leaf-'));
    try {
      writeFileSync(join(folder, 'ca.pem'), authority.pem);
      for (const host of hosts) {
        const pem = signLeaf(authority.template, host, serialNumber, soon, authority.key);
        writeFileSync(join(folder, 'leaf.pem'), pem);
        const args = ['verify', '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', host];
        const files = ['-CAfile', 'ca.pem', 'leaf.pem'];
        const { status, stderr } = spawnSync('openssl', [...args, ...files], {
          cwd: folder,
          encoding: 'utf8',
        });
        expect(stderr).toBe('');
        expect(status).toBe(0);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
