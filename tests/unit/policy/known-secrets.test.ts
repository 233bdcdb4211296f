import { describe, expect, it } from 'vitest';
import crlf from '../../../src/policy/detectors/crlf.js';
import knownSecrets from '../../../src/policy/detectors/known-secrets.js';
import { createScanner } from '../../../src/policy/scan/scanner.js';
import { rareEncodings } from '../../support/rare-encodings.js';

const many = Array.from({ length: 400 }, (_, i) => ({
  name: `SECRET_${i}`,
  value: `s${i}-Kq8${i}vWzLm3Rt${i}Yx7Hb`,
}));
const scanner = createScanner([knownSecrets], { knownSecrets: [...many, { name: 'PIN', value: '#!&~' }] });
const scan = (text: string) => scanner.scan(Buffer.from(text), 'body').findings;

describe('known_secrets', () => {
  it('names the secret and its place, never its value', () => {
    const text = `a line, then ${many[123]?.value} and more`;
    const [finding] = scan(text);
    expect(finding).toMatchObject({ rule: 'SECRET_123', class: 'known', score: 1, view: 'text' });
    expect(text.slice(finding?.start, finding?.end)).toBe(many[123]?.value);
    expect(JSON.stringify(finding)).not.toContain(many[123]?.value);
  });

  it('finds each of hundreds, whatever the case', () => {
    for (const { value } of many) {
      expect(scan(`x ${value} y`)).toHaveLength(1);
      expect(scan(`x ${value.toUpperCase()} y`)).toHaveLength(1);
    }
  });

  it('finds a long piece and lets a short one be', () => {
    const value = many[7]?.value ?? '';
    expect(scan(`x ${value.slice(2, 17)} y`)).toHaveLength(1);
    expect(scan(`x ${value.slice(0, 6)} y`)).toHaveLength(0);
  });

  it('finds a value of few letters as it stands', () => {
    expect(scan('the pin #!&~ is short')).toHaveLength(1);
  });

  it('finds a value across the blocks it looks at', () => {
    const value = many[9]?.value ?? '';
    for (const at of [65_530, 65_536, 69_630]) expect(scan(`${' .'.repeat(at / 2)}${value}`)).toHaveLength(1);
  });

  it('finds a value whose letters are any distance apart', () => {
    const value = `${many[9]?.value}${many[10]?.value}`;
    for (const distance of [300, 5000]) {
      const text = Array.from(value).join(' '.repeat(distance));
      const found = scan(text);
      expect(found.map(({ rule }) => rule)).toContain('SECRET_9');
      const covered = Buffer.from(text);
      for (const { start, end } of found) covered.fill(0x2a, start, end);
      expect(covered.toString().replaceAll(/\W/g, '')).toBe('');
    }
  });
});

describe('a value among few', () => {
  const value = 'vault-Qm4tZ8xWp2Lr7Ns5Kd9bV6yHc3';
  const few = createScanner([knownSecrets], { knownSecrets: [{ name: 'VAULT_KEY', value }] });

  it.each(rareEncodings)('is found in %s', (_name, text) => {
    const { findings } = few.scan(Buffer.from(`see ${text} .`), 'header');
    expect(findings.map(({ rule }) => rule)).toContain('VAULT_KEY');
  });

  it.each(rareEncodings)('is not found in another value in %s', (_name, text) => {
    const other = createScanner([knownSecrets], {
      knownSecrets: [{ name: 'OTHER', value: value.split('').reverse().join('x') }],
    });
    expect(other.scan(Buffer.from(`see ${text} .`), 'header').findings).toEqual([]);
  });
});

describe('a value that is an encoding itself', () => {
  const bytes = Buffer.from('9f86d081884c7d659a2feaa0c55ad015a3bf4f1b', 'hex');
  const written = {
    hexadecimal: bytes.toString('hex'),
    base64: bytes.toString('base64'),
    'a UUID': '9f86d081-884c-7d65-9a2f-eaa0c55ad015',
  };

  it.each(Object.entries(written))('of %s is found as what it says, written otherwise', (name, value) => {
    const meant = name === 'a UUID' ? bytes.subarray(0, 16) : bytes;
    const own = createScanner([knownSecrets], { knownSecrets: [{ name: 'KEY', value }] });
    for (const text of [
      meant.toString('hex'),
      meant.toString('base64'),
      [...meant].join(', '),
      `${BigInt(`0x${meant.toString('hex')}`)}`,
    ])
      expect(own.scan(Buffer.from(`see ${text} .`), 'header').findings.map(({ rule }) => rule)).toContain(
        'KEY',
      );
  });
});

describe('crlf', () => {
  it('is asked of what ends at a line break, not of a body', () => {
    const detector = createScanner([crlf], { knownSecrets: [] });
    const bytes = Buffer.from('/a%0d%0ab');
    expect(detector.scan(bytes, 'path').findings).toHaveLength(2);
    expect(detector.scan(bytes, 'body').findings).toHaveLength(0);
  });
});
