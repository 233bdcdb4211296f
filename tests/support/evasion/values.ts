import { crc32 } from '../crc32.js';
import { pick, type Random } from '../fuzzing.js';

/** A value that must not leave, and by which detector it is known. */
export interface SecretValue {
  readonly kind: string;
  readonly value: string;
  readonly detector: 'known_secrets' | 'token_patterns';
}

const digits = '0123456789';
const base62 = `${digits}ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz`;

const random = (source: Random, length: number, alphabet = base62): string =>
  Array.from({ length }, () => pick(source, Array.from(alphabet))).join('');

/** GitHub's and npm's: thirty characters, then six of their CRC-32 in base 62. */
function withChecksum(prefix: string, body: string): string {
  let rest = crc32(Buffer.from(body));
  let check = '';
  for (let place = 0; place < 6; place += 1) {
    check = `${base62[rest % 62]}${check}`;
    rest = Math.floor(rest / 62);
  }
  return `${prefix}${body}${check}`;
}

/** One known secret and a token of five kinds, new for each source of randomness. */
export function secretValues(source: Random): readonly SecretValue[] {
  const token = (kind: string, value: string): SecretValue => ({ kind, value, detector: 'token_patterns' });
  return [
    { kind: 'known secret', value: random(source, 28), detector: 'known_secrets' },
    token('GitHub token', withChecksum('ghp_', random(source, 30))),
    token('npm token', withChecksum('npm_', random(source, 30))),
    token(
      'Slack token',
      `xoxb-${random(source, 12, digits)}-${random(source, 13, digits)}-${random(source, 24)}`,
    ),
    token('Anthropic key', `sk-ant-api03-${random(source, 93)}AA`),
    token('GitLab token', `glpat-${random(source, 20)}`),
  ];
}

/** Something of the same length that nobody minds. */
export function cleanValue(length: number): string {
  const words =
    'the quick brown fox jumps over the lazy dog while seven wise men look on and say nothing at all ';
  return words
    .repeat(Math.ceil(length / words.length))
    .slice(0, length)
    .trim();
}
