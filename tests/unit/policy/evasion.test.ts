import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import knownSecrets from '../../../src/policy/detectors/known-secrets.js';
import tokenPatterns from '../../../src/policy/detectors/token-patterns.js';
import { redact } from '../../../src/policy/scan/redact.js';
import { createScanner } from '../../../src/policy/scan/scanner.js';
import { encodings } from '../../support/encodings.js';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Random-looking, the same at every run. */
function random(seed: string, length: number, alphabet = letters): string {
  const bytes = Array.from({ length: Math.ceil(length / 32) }, (_, i) => [
    ...createHash('sha256').update(`${seed}${i}`).digest(),
  ]).flat();
  return bytes
    .slice(0, length)
    .map((byte) => alphabet[byte % alphabet.length])
    .join('');
}

const known = random('known', 26);
const values = {
  'known secret': known,
  'GitHub token': `ghp_${random('github', 36)}`,
  'Slack token': `xoxb-${random('slack', 12, '0123456789')}-${random('slack2', 24)}`,
  'Anthropic key': `sk-ant-api03-${random('anthropic', 95)}`,
  'GitLab token': `glpat-${random('gitlab', 20)}`,
  'npm token': `npm_${random('npm', 36)}`,
};
const scanner = createScanner([tokenPatterns, knownSecrets], {
  knownSecrets: [{ name: 'KNOWN', value: known }],
});

it.each<[string, (value: string) => string | Buffer]>([
  ['hexadecimal of gzip', (value) => gzipSync(`note ${value}`).toString('hex')],
  [
    'base64 of gzip behind other letters',
    (value) => `v1_${gzipSync(`a longer note ${random('note', 40)} ${value}`).toString('base64')}`,
  ],
  [
    'base64 of gzip with a letter escaped',
    (value) => gzipSync(`note ${value}`).toString('base64').replace(/^H/, '\\u0048'),
  ],
  ['gzip in gzip in gzip in gzip', (value) => gzipSync(gzipSync(gzipSync(gzipSync(value))))],
  [
    'base64 of gzip in gzip in gzip',
    (value) => gzipSync(gzipSync(gzipSync(`note ${value}`))).toString('base64'),
  ],
])('finds a value in %s', (_name, write) => {
  for (const value of Object.values(values)) {
    const { findings } = scanner.scan(
      Buffer.concat([Buffer.from('data="'), Buffer.from(write(value)), Buffer.from('"')]),
      'body',
    );
    expect(findings).not.toEqual([]);
  }
});

it('gives up on files within files without end', () => {
  let file = Buffer.from(`note ${known}`);
  for (let depth = 0; depth < 300; depth += 1) file = gzipSync(file);
  expect(scanner.scan(file, 'body').outcome).toBe('over-budget');
});

it('joins the two halves of a letter beyond sixteen bits', () => {
  const mathematical = encodings['mathematical letters']?.(known) as string;
  const escaped = mathematical.replace(/[\ud800-\udfff]/g, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
  const { findings } = scanner.scan(Buffer.from(`{"note":"${escaped}"}`), 'body');
  expect(findings).toMatchObject([{ rule: 'KNOWN', start: 9, end: 9 + escaped.length }]);
});

describe.each(Object.entries(encodings))('written as %s', (_name, encode) => {
  it.each(Object.entries(values))('finds and covers a %s', (_kind, value) => {
    const encoded = encode(value);
    const text = Buffer.concat([
      Buffer.from('{"note":"a letter to a friend","data":"'),
      typeof encoded === 'string' ? Buffer.from(encoded) : encoded,
      Buffer.from('"}\nand some more words follow here.\n'),
    ]);
    const { findings, outcome } = scanner.scan(text, 'body');
    expect(outcome).toBe('complete');
    expect(findings.length).toBeGreaterThan(0);
    const redacted = redact(scanner, text, 'body');
    expect(redacted.bytes.length).toBe(text.length);
    expect(redacted.outcome).toBe('redacted');
  });
});
