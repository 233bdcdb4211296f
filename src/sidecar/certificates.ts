import 'reflect-metadata';
import { KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import * as x509 from '@peculiar/x509';
import { signLeaf } from './leaf.js';
import { createLeastRecentlyUsed } from './lru.js';

/** The bottle's own certificate authority: it lives in this process's memory and dies with it. */
export interface CertificateAuthority {
  /** PEM. */
  readonly certificate: string;
  /** A server's context with a leaf certificate. @param name a host, or a wildcard for those below it */
  contextFor(name: string): Promise<SecureContext>;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const day = 24 * 60 * 60 * 1000;
/** Clients refuse leaf certificates that live longer than 398 days; a bottle lives for hours. */
const lifetime = 90 * day;
/** Leaf contexts kept, ~25 kB each. */
const contextLimit = 64;

export async function createCertificateAuthority(): Promise<CertificateAuthority> {
  x509.cryptoProvider.set(webcrypto as never);
  // One key for all leaves: an agent that could tell them apart would learn nothing, and a key costs more than a signature.
  const [keys, leafKeys] = await Promise.all([generateKeys(), generateKeys()]);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber().toString('hex'),
    name: 'CN=bot-bottle CA, O=bot-bottle',
    ...validity(),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const leafKey = await exportKey(leafKeys.privateKey);
  const shared = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    await x509.SubjectKeyIdentifierExtension.create(leafKeys.publicKey),
    await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
  ];
  const template = {
    issuer: new Uint8Array(authority.subjectName.toArrayBuffer()),
    subject: new Uint8Array(new x509.Name('CN=bot-bottle upstream, O=bot-bottle').toArrayBuffer()),
    publicKey: new Uint8Array(await webcrypto.subtle.exportKey('spki', leafKeys.publicKey)),
    extensions: shared.map(({ rawData }) => new Uint8Array(rawData)),
  };
  const signingKey = KeyObject.from(keys.privateKey);
  const contexts = createLeastRecentlyUsed<SecureContext>(contextLimit);

  function mint(name: string): SecureContext {
    const cert = signLeaf(template, name, serialNumber(), validity(), signingKey);
    // It asks for no client's certificate: without a list of its own Node would read that of all authorities for it.
    return createSecureContext({ key: leafKey, cert, ca: [], minVersion: 'TLSv1.2' });
  }

  return {
    certificate: `${authority.toString('pem')}\n`,
    async contextFor(name) {
      return contexts.getOrCreate(name, () => mint(name));
    },
  };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = await webcrypto.subtle.exportKey('pkcs8', key);
  return x509.PemConverter.encode(bytes, 'PRIVATE KEY');
}

/** Positive and 127 bits long (RFC 5280, 4.1.2.2). */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  // A sandbox's clock may lag behind.
  return { notBefore: new Date(now - day), notAfter: new Date(now + lifetime) };
}
