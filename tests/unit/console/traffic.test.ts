import { describe, expect, it } from 'vitest';
import { countTraffic, formatEvent } from '../../../src/console/traffic.js';
import type { DecisionEvent } from '../../../src/contract/event.js';

const event: DecisionEvent = {
  kind: 'decision',
  time: 0,
  request: 1,
  way: 'tls',
  method: 'GET',
  host: 'api.example.com',
  path: '/v1',
  route: 'api.example.com',
  verdict: 'allowed',
  code: null,
  finding: null,
  status: 200,
  bytesSent: 1,
  bytesReceived: 2,
  duration: 3.2,
};
const refused: DecisionEvent = {
  ...event,
  verdict: 'refused',
  code: 'host-not-allowed',
  status: 403,
  host: 'evil.example',
};

describe('traffic', () => {
  it('counts and names what was refused, most kinds once', () => {
    const traffic = countTraffic();
    for (const one of [
      event,
      refused,
      refused,
      { ...event, verdict: 'failed', code: 'upstream-timeout' } as const,
    ])
      traffic.record(one);
    expect(traffic.summary()).toBe(
      '1 request let out, 2 refused, 1 failed\n  refused GET evil.example: host-not-allowed (2 times)\n',
    );
  });

  it.each([
    [0, '0 requests let out, 0 refused, 0 failed\n'],
    [1, '1 request let out, 0 refused, 0 failed\n'],
    [2, '2 requests let out, 0 refused, 0 failed\n'],
  ])('counts %i requests, and no tunnel that they came by', (count, summary) => {
    const traffic = countTraffic();
    const tunnel = { ...event, way: 'connect', method: 'CONNECT', path: '' } as const;
    traffic.record(tunnel);
    traffic.record({ ...tunnel, verdict: 'held', route: null });
    for (let index = 0; index < count; index += 1) traffic.record(event);
    expect(traffic.summary()).toBe(summary);
  });

  it('counts a tunnel that was refused', () => {
    const traffic = countTraffic();
    traffic.record({ ...refused, way: 'connect', method: 'CONNECT', path: '' });
    expect(traffic.summary()).toBe(
      '0 requests let out, 1 refused, 0 failed\n  refused CONNECT evil.example: host-not-allowed\n',
    );
  });

  it('names ten kinds and counts the others', () => {
    const traffic = countTraffic();
    for (let index = 0; index < 12; index += 1) traffic.record({ ...refused, host: `h${index}.example` });
    expect(traffic.summary().split('\n')).toHaveLength(13);
    expect(traffic.summary()).toContain('and 2 more kinds\n');
    const one = countTraffic();
    for (let index = 0; index < 11; index += 1) one.record({ ...refused, host: `h${index}.example` });
    expect(one.summary()).toContain('and 1 more kind\n');
  });

  it('keeps a bounded number of kinds whatever the agent asks for', () => {
    const traffic = countTraffic();
    for (let index = 0; index < 5000; index += 1) traffic.record({ ...refused, host: `h${index}.example` });
    expect(traffic.summary()).toContain('and 990 more kinds');
  });

  it('says of a finding what became of it', () => {
    const finding = {
      direction: 'outbound',
      detector: 'known_secrets',
      rule: 'API_TOKEN',
      class: 'known',
      place: 'body',
      count: 2,
      outcome: 'redacted',
    } as const;
    expect(formatEvent({ ...event, finding })).toBe(
      'allowed GET api.example.com/v1 200 (known_secrets: API_TOKEN in body and 1 more, redacted) 3 ms\n',
    );
  });

  it('makes what an agent wrote safe for a terminal', () => {
    expect(formatEvent({ ...refused, path: '/\u001b[2J' })).toBe(
      'refused GET evil.example/\\x1b[2J host-not-allowed 3 ms\n',
    );
  });
});
