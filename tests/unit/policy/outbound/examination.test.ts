import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  examineBody,
  examineHead,
  foremost,
  foundAcross,
} from '../../../../src/policy/outbound/examination.js';
import { redactBody, redactHead } from '../../../../src/policy/outbound/redaction.js';
import { loadDetectors } from '../../../../src/policy/scan/detectors.js';
import { createScanner } from '../../../../src/policy/scan/scanner.js';

const value = 'Qm4tZ8xWp2Lr7Ns5Kd9bV6yHc3';
const scanner = createScanner(await loadDetectors('outbound', null), {
  knownSecrets: [{ name: 'VAULT_KEY', value }],
});
const head = (target: string, headers: readonly string[] = []) => ({ host: 'api.test', target, headers });
const plain = { contentType: 'application/json', contentEncoding: null };

describe('a head', () => {
  it('of a usual client shows nothing', () => {
    const headers = [
      'user-agent',
      'claude-cli/1.0.88 (external, cli)',
      'anthropic-beta',
      'claude-code-20250219,fine-grained-tool-streaming-2025-05-14',
      'x-request-id',
      '7c9e6679-7425-40de-944b-e07fc1f90ae7',
      'traceparent',
      '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      'if-none-match',
      'W/"5f8c3e1a9b7d2046"',
      'sec-websocket-key',
      'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-key',
      'x3JJHMbDL1EzLkh9GBhXDw==',
      'idempotency-key',
      'stainless-node-retry-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9',
      'git-protocol',
      'version=2',
    ];
    expect(examineHead(scanner, head('/v1/messages?beta=true', headers)).found).toEqual([]);
  });

  it.each([
    ['path', head(`/a/${value}`)],
    ['query', head(`/a?b=${value}`)],
    ['header x-b', head('/', ['X-B', `its ${value}`])],
  ])('tells of a value in the %s, and not the value', (place, message) => {
    const { found } = examineHead(scanner, message);
    expect(found).toMatchObject([{ place, value: 'known VAULT_KEY' }]);
    expect(JSON.stringify(found)).not.toContain(value);
    const redacted = redactHead(scanner, message, examineHead(scanner, message));
    expect(JSON.stringify(redacted)).not.toContain(value.slice(0, 12));
    expect(JSON.stringify(redacted)).toHaveLength(JSON.stringify(message).length);
  });

  // What the shape of a GitLab token is, and no token: put together from two halves.
  const token = ['glpat-Zx8kQ2mT7v', 'B4nR9pL3wY'].join('');
  const covered = '*'.repeat(token.length);
  it.each([
    ['of a query', (part: string) => head(`/a?key=${part}&user=alice7&page=2`)],
    ['of a path', (part: string) => head(`/p/${part}/repos/alice7?user=bob`)],
    ['of cookies', (part: string) => head('/', ['cookie', `a=${part}; user=alice7`, 'x-user', 'bob'])],
  ])('is covered where a token stands, and nothing that follows it in another part %s', (_name, make) => {
    const message = make(token);
    expect(redactHead(scanner, message, examineHead(scanner, message))).toEqual(make(covered));
  });

  it('is covered in every part where a value is cut in two', () => {
    for (const [one, two] of [
      [token.slice(0, 12), token.slice(12)],
      [value.slice(0, 21), value.slice(21)],
    ] as const) {
      const message = head(`/a?b=${one}&c=${two}&d=${value}`);
      const { target } = redactHead(scanner, message, examineHead(scanner, message)) ?? { target: '' };
      expect(target).toHaveLength(message.target.length);
      expect(target).toMatch(/^\/a\?b=\*[*&c=]*\*&d=\*+$/);
    }
  });

  it('with a value in the name of a header can not be covered', () => {
    const message = head('/', [`x-${value}`, '1']);
    expect(redactHead(scanner, message, examineHead(scanner, message))).toBe(null);
  });
});

describe('a body', () => {
  it('is covered in its own encoding and length', () => {
    const body = Buffer.from(JSON.stringify({ a: `see ${value}`, b: 'rest' }));
    expect(redactBody(scanner, { bytes: body, ...plain })).toHaveLength(body.length);
    const redacted = redactBody(scanner, { bytes: gzipSync(body), ...plain, contentEncoding: 'gzip' });
    const text = gunzipSync(redacted ?? Buffer.alloc(0)).toString();
    expect(text).not.toContain(value.slice(0, 12));
    expect(JSON.parse(text)).toMatchObject({ b: 'rest' });
  });

  it('in an encoding that is not known can not be scanned, and says which', () => {
    const answer = examineBody(scanner, { bytes: Buffer.from('x'), ...plain, contentEncoding: 'sdch' });
    expect(answer).toMatchObject({ outcome: 'cannot-scan' });
    expect(answer.reason).toContain('sdch');
  });

  it('shows around a finding no other value', () => {
    const second = 'ghp_x9Kd2LmQ7vRt4WnBx9Kd2LmQ7vRt4WnBx9Kd';
    const bytes = Buffer.from(`first ${value} then ${second} end`);
    const { found } = examineBody(scanner, { bytes, ...plain }, { shown: 'each' });
    expect(found.length).toBeGreaterThan(1);
    for (const { snippet } of found) expect(snippet).not.toMatch(/Qm4tZ8|x9Kd2L/);
    for (const { snippet } of found) expect(snippet).toMatch(/first|then/);
  });

  it('has the surroundings of the foremost alone, of a head and a body too', () => {
    const values = Array.from({ length: 60 }, (_, index) => `glpat-Zx8kQ2mT7vB4nR9p${index + 1000}`);
    const bytes = Buffer.from(`${values.join(' ')} and ${value}`);
    const { found: ofBody } = examineBody(scanner, { bytes, ...plain });
    const { found: ofHead } = examineHead(scanner, head(`/a?b=${values.slice(0, 9).join('&b=')}`));
    for (const found of [ofBody, ofHead]) {
      expect(found.length).toBeGreaterThan(5);
      expect(found.filter(({ snippet }) => snippet !== '')).toEqual([foremost(found)]);
    }
    expect(foremost([...ofHead, ...ofBody])?.snippet).not.toBe('');
  });

  it('of which not everything was looked at has none', () => {
    const bytes = Buffer.from(`first ${value} then ${'glpat-'.repeat(4000)}`);
    const { found, outcome } = examineBody(scanner, { bytes, ...plain }, { shown: 'each' });
    expect(outcome).toBe('over-budget');
    expect(found.length).toBeGreaterThan(0);
    for (const { snippet } of found) expect(snippet).toBe('');
  });
});

it('what comes together over requests is told by the name of the value', () => {
  expect(foundAcross('VAULT_KEY')).toMatchObject({ value: 'known VAULT_KEY', finding: { class: 'known' } });
});
