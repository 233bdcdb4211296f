import { type KeyObject, sign } from 'node:crypto';

/** What all leaf certificates of a bottle share, encoded in DER once. */
export interface LeafTemplate {
  /** A Name. */
  readonly issuer: Uint8Array;
  /** A Name. */
  readonly subject: Uint8Array;
  /** A SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** Each an Extension. */
  readonly extensions: readonly Uint8Array[];
}

// X.690, 8.1.2: the tags that a certificate of RFC 5280, 4.1, is made of.
const tag = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  dnsName: 0x82,
  version: 0xa0,
  extensions: 0xa3,
} as const;

/** X.690, 8.1.3: a length below 128 in one byte, a longer one in as many as it needs, their count first. */
function encode(kind: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(kind, length), content]);
  if (length < 0x100) return Buffer.concat([Buffer.of(kind, 0x81, length), content]);
  if (length < 0x10000) return Buffer.concat([Buffer.of(kind, 0x82, length >> 8, length & 0xff), content]);
  throw new RangeError('a certificate beyond 64 kB');
}

/** 1.2.840.10045.4.3.2 (RFC 5758, 3.2) */
const ecdsaWithSha256 = encode(tag.sequence, Buffer.from('06082a8648ce3d040302', 'hex'));
/** 2.5.29.17 (RFC 5280, 4.2.1.6) */
const subjectAltName = encode(tag.objectIdentifier, Buffer.of(0x55, 0x1d, 0x11));
const version3 = encode(tag.version, encode(tag.integer, Buffer.of(2)));
const noUnusedBits = Buffer.of(0);

/** UTCTime up to 2049, GeneralizedTime from 2050 on (RFC 5280, 4.1.2.5). */
function encodeTime(date: Date): Buffer {
  const digits = `${date.toISOString().replace(/\D/g, '').slice(0, 14)}Z`;
  return date.getUTCFullYear() < 2050
    ? encode(tag.utcTime, Buffer.from(digits.slice(2), 'latin1'))
    : encode(tag.generalizedTime, Buffer.from(digits, 'latin1'));
}

/**
 * A leaf certificate for one name, signed by a P-256 key, in PEM. Written by hand because it lies on the way of the
 * first request to each host: a general library takes thirty times as long.
 *
 * @param name canonical, so ASCII; may be a wildcard
 * @param serialNumber positive, big-endian, without a leading zero byte
 */
export function signLeaf(
  template: LeafTemplate,
  name: string,
  serialNumber: Uint8Array,
  validity: { readonly notBefore: Date; readonly notAfter: Date },
  signingKey: KeyObject,
): string {
  const names = encode(tag.sequence, encode(tag.dnsName, Buffer.from(name, 'latin1')));
  const alternative = encode(tag.sequence, subjectAltName, encode(tag.octetString, names));
  const content = encode(
    tag.sequence,
    version3,
    encode(tag.integer, serialNumber),
    ecdsaWithSha256,
    template.issuer,
    encode(tag.sequence, encodeTime(validity.notBefore), encodeTime(validity.notAfter)),
    template.subject,
    template.publicKey,
    encode(tag.extensions, encode(tag.sequence, ...template.extensions, alternative)),
  );
  const signature = encode(tag.bitString, noUnusedBits, sign('sha256', content, signingKey));
  const certificate = encode(tag.sequence, content, ecdsaWithSha256, signature).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${certificate.replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}
