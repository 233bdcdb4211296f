import { describe, expect, it } from 'vitest';
import { buildPieceIndex } from '../../../../src/policy/across/piece-index.js';
import { createTrail, trailLifetime } from '../../../../src/policy/across/trail.js';

const value = 'Qm4tZ8xWp2Lr7Ns5Kd9bV6yHc3';
const secrets = [
  { name: 'VAULT_KEY', value },
  { name: 'OTHER', value: 'hunter-postgres-localhost-database' },
];
const index = buildPieceIndex(secrets);
const request = (target: string, body: string | null = null, headers: readonly string[] = []) => ({
  target,
  headers,
  body: body === null ? null : Buffer.from(body),
  pieces: body === null ? [] : index.find(Buffer.from(body)),
  headSeen: false,
  approved: [],
});
const pieces = (size: number) => value.match(new RegExp(`.{1,${size}}`, 'g')) ?? [];

describe('the trail', () => {
  it.each([1, 2, 5, 9, 12])(
    'knows a value by its pieces of %i letters, at one place of like requests',
    (size) => {
      const trail = createTrail({ knownSecrets: secrets }, index);
      const answers = pieces(size).map((piece, index) => trail.add(request(`/log?m=${piece}`), index));
      expect(answers).toContain('VAULT_KEY');
      expect(answers[0]).toBe(null);
    },
  );

  it('knows it whatever the order, the places and what goes between, from pieces of seven letters on', () => {
    const trail = createTrail({ knownSecrets: secrets }, index);
    const [first = '', second = '', third = ''] = pieces(9);
    expect(trail.add(request('/a', `{"x":"${third}"}`), 0)).toBe(null);
    for (let count = 0; count < 50; count += 1)
      expect(trail.add(request(`/between/${count}`, `{"n":${count}}`), count)).toBe(null);
    const both = [
      trail.add(request(`/b/${first}`), 60),
      trail.add(request('/c', null, ['x-note', second]), 61),
    ];
    expect(both).toContain('VAULT_KEY');
  });

  it('knows the pieces of its base64 and its hexadecimal form', () => {
    for (const form of ['base64', 'hex'] as const) {
      const trail = createTrail({ knownSecrets: secrets }, index);
      const encoded =
        Buffer.from(value)
          .toString(form)
          .match(/.{1,10}/g) ?? [];
      expect(encoded.map((piece) => trail.add(request(`/${piece}`), 0))).toContain('VAULT_KEY');
    }
  });

  it('knows pieces of several forms as those of one value', () => {
    const trail = createTrail({ knownSecrets: secrets }, index);
    const base64 = Buffer.from(value.slice(6, 15)).toString('base64').replaceAll('=', '');
    const forms = [
      value.slice(0, 8),
      base64,
      Buffer.from(value.slice(14, 20)).toString('hex'),
      Array.from(value.slice(19)).reverse().join(''),
    ];
    const answers = forms.map((form, index) => trail.add(request(`/${index}`, `note ${form} .`), 0));
    expect(answers.indexOf('VAULT_KEY')).toBe(1);
    const second = createTrail({ knownSecrets: secrets }, index);
    const parts = pieces(8).map((piece) => Array.from(piece).reverse().join(''));
    expect(parts.map((piece, index) => second.add(request(`/${index}/${piece}`), 0))).toContain('VAULT_KEY');
  });

  it('knows them behind any number of others, in a long body too', () => {
    const trail = createTrail({ knownSecrets: secrets }, index);
    const first = value.slice(0, 12);
    const others: string[] = [];
    for (let length = 7; length <= 12; length += 1)
      for (let from = 0; from + length <= 12; from += 1) others.push(first.slice(from, from + length));
    const body = `${others.join(' .. ')} ${'lorem ipsum '.repeat(9000)} ${value.slice(13, 25)}`;
    expect(trail.add(request('/', body), 0)).toBe('VAULT_KEY');
  });

  it('knows a part wherever it stands in a long body', () => {
    const trail = createTrail({ knownSecrets: secrets }, index);
    const letters = 1 << 16;
    const filler = (length: number) => 'z'.repeat(length);
    const body = `${filler(letters - 6)}${value.slice(0, 12)}${filler(letters - 12)}${value.slice(13, 25)}`;
    expect(trail.add(request('/', body), 0)).toBe('VAULT_KEY');
  });

  it.each([4, 12])('refuses a last part of %i letters again and again', (size) => {
    const trail = createTrail({ knownSecrets: secrets }, index);
    const parts = pieces(size);
    const known = parts.findIndex((part) => trail.add(request(`/log?m=${part}`), 0) !== null);
    expect(known).toBeGreaterThan(0);
    for (let attempt = 0; attempt < 100; attempt += 1)
      expect(trail.add(request(`/log?m=${parts[known]}`), 0)).toBe('VAULT_KEY');
  });

  it('counts nothing of a value that may leave', () => {
    const trail = createTrail({ knownSecrets: secrets }, index);
    const approved = { ...request('/', value), approved: ['VAULT_KEY'] };
    expect(trail.add(approved, 0)).toBe(null);
    expect(trail.add(request('/', value.slice(0, 8)), 0)).toBe(null);
  });

  it('forgets pieces after its time', () => {
    const trail = createTrail({ knownSecrets: secrets }, index);
    const [first = '', second = ''] = pieces(12);
    expect(trail.add(request(`/?m=${first}`), 0)).toBe(null);
    expect(trail.add(request(`/?m=${second}`), trailLifetime + 1)).toBe(null);
  });

  it('does not take words that a value is made of for pieces of it', () => {
    const trail = createTrail({ knownSecrets: secrets }, index);
    for (const word of ['database', 'postgres', 'hunter', 'localhost'])
      expect(trail.add(request(`/v1/${word}/items`, `{"kind":"${word}"}`), 0)).toBe(null);
  });

  it('takes of a signed token the signature alone for its own: others begin alike', () => {
    const part = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url');
    const header = part({ alg: 'HS256', typ: 'JWT' });
    const token = (role: string, signature: string) =>
      [header, part({ iss: 'issuer', ref: 'k3v9x2', role }), signature].join('.');
    const signature = 'kTq9Zr2Wv8Xs4Lm7Np1Bd6Gf3Hj5Kc0QwYe8Ru2Ti4o';
    const held = [{ name: 'TOKEN', value: token('service', signature) }];
    const own = buildPieceIndex(held);
    const trail = createTrail({ knownSecrets: held }, own);
    const sent = (text: string) => ({ ...request('/v1'), pieces: own.find(Buffer.from(text)) });
    expect(trail.add(sent(`it begins with ${header}`), 0)).toBe(null);
    expect(trail.add(sent(token('guest', 'b7Vx1Zn5Ma9Sd3Fg6Hj0Kl2Qw4Er8Ty')), 1)).toBe(null);
    expect(trail.add(sent(`x: ${signature.slice(0, 11)}`), 2)).toBe(null);
    expect(trail.add(sent(`y: ${signature.slice(11, 24)}`), 3)).toBe('TOKEN');
  });

  it('takes of a URI the password alone for its own: the host is named without it, too', () => {
    const password = 'Zk9wQ2xV7rT4mB8n';
    const uri = `postgres://app:${password}@db01.eu-west-1.example.com:5432/orders`;
    const own = buildPieceIndex([{ name: 'DATABASE_URL', value: uri }]);
    const trail = createTrail({ knownSecrets: [{ name: 'DATABASE_URL', value: uri }] }, own);
    const sent = (text: string) => ({ ...request('/v1'), pieces: own.find(Buffer.from(text)) });
    expect(trail.add(sent('{"host":"db01.eu-west-1.example.com","port":5432,"name":"orders"}'), 0)).toBe(
      null,
    );
    expect(trail.add(sent(`x: ${password.slice(8)}`), 1)).toBe(null);
    expect(trail.add(sent(`y: ${password.slice(0, 8)}`), 2)).toBe('DATABASE_URL');
  });

  it('asks for nothing where the bottle holds nothing', () => {
    expect(createTrail({ knownSecrets: [] }, buildPieceIndex([])).add(request(`/${value}`), 0)).toBe(null);
  });
});
