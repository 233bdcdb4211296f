import { describe, expect, it } from 'vitest';
import { loadDetectors } from '../../../../src/policy/scan/detectors.js';
import { createScanner } from '../../../../src/policy/scan/scanner.js';

const scanner = createScanner(await loadDetectors('outbound', null), { knownSecrets: [] });
const rulesIn = (text: string) => scanner.scan(Buffer.from(text), 'body').findings.map(({ rule }) => rule);

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function base32(bytes: readonly number[]): string {
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => letters.charAt(Number.parseInt(five.padEnd(5, '0'), 2)))
    .join('');
}

function crc16(bytes: readonly number[]): number {
  let value = 0;
  for (const byte of bytes)
    for (let bit = 7; bit >= 0; bit -= 1) {
      const carry = (value >> 15) ^ ((byte >> bit) & 1);
      value = ((value << 1) & 0xffff) ^ (carry ? 0x1021 : 0);
    }
  return value;
}

const key = Array.from({ length: 32 }, (_, i) => (i * 89 + 41) & 0xff);
const seed = (beginning: readonly number[]): string => {
  const body = [...beginning, ...key];
  const check = crc16(body);
  return base32([...body, check & 0xff, check >> 8]);
};

describe('a seed of a key pair', () => {
  it.each([
    ['of Stellar', seed([18 << 3]), ['stellar-secret-seed']],
    ['of a user of NATS', seed([(18 << 3) | 5, 0]), ['nats-seed']],
    ['of an account of NATS', seed([18 << 3, 0]), ['nats-seed']],
    ['is none when it is a public key', seed([6 << 3]), []],
    ['is none with another checksum', `${seed([18 << 3]).slice(0, -1)}Z`, []],
    ['is none when it goes on', `${seed([18 << 3])}A`, []],
  ])('%s', (_name, value, expected) => {
    expect(rulesIn(`note: ${value}\n`)).toEqual(expected);
    expect(rulesIn(`{"note":"${value}"}`)).toEqual(expected);
  });
});
