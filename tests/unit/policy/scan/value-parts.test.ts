import { describe, expect, it } from 'vitest';
import knownSecrets from '../../../../src/policy/detectors/known-secrets.js';
import { knownSecretsOf } from '../../../../src/policy/outbound/known-secrets.js';
import { createScanner } from '../../../../src/policy/scan/scanner.js';
import { closedLetters, valueParts } from '../../../../src/policy/scan/value-parts.js';

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const header = base64({ alg: 'HS256', typ: 'JWT' });
const signature = 'q8VtZ3mR5kXw7Lp2Yc9Nd4Hs6Bf1Jg0TaUeQiWoKzMx';
const token = `${header}.${base64({ role: 'service', ref: 'kq83mvwz' })}.${signature}`;
const uri = 'postgres://app:Tq7%21Zm4Xw9Lr2Kp6@db.prod.internal.example.com:5432/orders';
const account = JSON.stringify(
  {
    type: 'service_account',
    project_id: 'orders-and-invoices',
    private_key_id: '7c0f4b9e21d85a36',
    private_key:
      '-----BEGIN PRIVATE KEY-----\nq8VtZ3mR5kXw7Lp2Yc9N\nd4Hs6Bf1Jg0TaUeQiWoK\n-----END PRIVATE KEY-----\n',
    auth_uri: 'https://accounts.google.com/o/oauth2/auth',
    token_uri: 'https://oauth2.googleapis.com/token',
  },
  null,
  2,
);
const key =
  '-----BEGIN OPENSSH PRIVATE KEY-----\nZm9vYmFyYmF6cXV4eDEyMzQ1Njc4OTA\n-----END OPENSSH PRIVATE KEY-----\n';
const secrets = { TOKEN: token, DATABASE: uri, ACCOUNT: account, KEY: key };
const scanner = createScanner([knownSecrets], { knownSecrets: knownSecretsOf(secrets, []) });
const found = (text: string) => scanner.scan(Buffer.from(text), 'body').findings.map(({ rule }) => rule);

describe('of a known value', () => {
  it.each([
    ["another signed token's header", `${header}.${base64({ sub: 'someone' })}.AAAAAAAAAAAAAAAAAAAAAAAA`],
    ['the host that a URI leads to', 'psql -h db.prod.internal.example.com -p 5432 orders'],
    ['the addresses in an account', '"auth_uri": "https://accounts.google.com/o/oauth2/auth",'],
    ["an account's names", '{"type": "service_account", "project_id": "x", "private_key_id": "y"}'],
    ['the lines around a key', 'grep -r -- "-----BEGIN OPENSSH PRIVATE KEY-----" .'],
  ])('%s may be seen', (_what, text) => {
    expect(found(text)).toEqual([]);
  });

  type Row = [name: string, what: string, text: string];
  it.each<Row>([
    ['TOKEN', 'its signature', signature],
    ['TOKEN', 'all but its end', token.slice(0, -8)],
    ['DATABASE', 'its password', 'Tq7%21Zm4Xw9Lr2Kp6'],
    ['DATABASE', 'its password, decoded', 'Tq7!Zm4Xw9Lr2Kp6'],
    ['DATABASE', 'its password in hexadecimal', Buffer.from('Tq7!Zm4Xw9Lr2Kp6').toString('hex')],
    ['ACCOUNT', 'a key of it', '7c0f4b9e21d85a36'],
    ['ACCOUNT', 'a line of its key', 'd4Hs6Bf1Jg0TaUeQiWoK'],
    ['KEY', 'a line of it', 'Zm9vYmFyYmF6cXV4eDEyMzQ1Njc4OTA'],
    ...Object.entries(secrets).map(([name, value]): Row => [name, 'the whole', value]),
  ])('%s: %s is found', (name, _what, text) => {
    expect(found(`x ${text} y`)).toContain(name);
  });
});

describe('valueParts', () => {
  it('leaves a value alone whose form tells nothing', () => {
    for (const value of ['plain-value-1234567890', 'https://example.com/a?b=c', '{"a": 1}', '{not json'])
      expect(valueParts(value)).toEqual({ secrets: [], open: [] });
  });

  it('takes the members of a JSON text for secrets that are named so, or look so and are named nothing else', () => {
    const members = {
      pat: 'q8VtZ3mR5kXw7Lp2Yc9Nd4Hs',
      passphrase: 'correct horse battery',
      auth: 'dXNlcjpwYXNzd29yZA==',
      short_key: 'abc',
      public_key: 'q8VtZ3mR5kXw7Lp2Yc9Nd4Ht',
      token_uri: 'https://oauth2.example.com/token',
      project_id: 'orders-and-invoices-123456',
      home: 'https://example.com/a/long/path/12345',
      greeting: 'a text of many words and 1 digit',
    };
    expect(valueParts(JSON.stringify(members)).secrets).toEqual([
      members.pat,
      members.passphrase,
      members.auth,
    ]);
  });

  it('takes a short password for no secret of its own', () => {
    expect(valueParts('redis://:short@cache.example.com:6379/0').secrets).toEqual([]);
  });
});

describe('closedLetters', () => {
  it.each([
    ['abcdef', ['xabcdefy'], 0],
    ['abcdef', ['bcd'], 3],
    ['abcdef', ['xxab'], 4],
    ['abcdef', ['efyy'], 4],
    ['abcdef', ['zzz'], 6],
    ['abcdef', ['zzz', 'cdef'], 2],
  ])('%s beside %j', (piece, open, closed) => {
    expect(closedLetters(piece, open)).toBe(closed);
  });
});
