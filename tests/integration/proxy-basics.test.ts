import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DecisionEvent } from '../../src/contract/event.js';
import { type Canary, startCanary } from '../support/canary.js';
import { askInside, askProxy, refusalCode } from '../support/raw-client.js';
import { routeTo } from '../support/routes.js';
import { type SidecarProcess, startSidecar } from '../support/sidecar-process.js';
import { createTestAuthority } from '../support/test-authority.js';

let upstream: Canary;
let plain: Canary;
let sidecar: SidecarProcess;

beforeAll(async () => {
  const authority = await createTestAuthority();
  upstream = await startCanary({ authority, names: ['allowed.test'] });
  plain = await startCanary(null);
  sidecar = await startSidecar({
    routes: [
      routeTo('allowed.test', upstream.port, { certificateAuthority: authority.certificate }),
      routeTo('plain.test', plain.port, { scheme: 'http' }),
    ],
  });
});
afterAll(async () => {
  await sidecar?.[Symbol.asyncDispose]();
  await upstream?.[Symbol.asyncDispose]();
  await plain?.[Symbol.asyncDispose]();
});

describe('an allowed host', () => {
  test('is reached through the intercepted TLS', async () => {
    const answer = await askInside(
      { ...sidecar, host: 'allowed.test' },
      'GET /a?b=c HTTP/1.1\r\nHost: allowed.test\r\n\r\n',
    );
    expect(answer.status).toBe(200);
    expect(answer.body).toBe('reached GET /a?b=c\n');
  });
});

test('a host without a route is refused at CONNECT', async () => {
  const answer = await askProxy(sidecar.port, 'CONNECT other.test:443 HTTP/1.1\r\nHost: other.test\r\n\r\n');
  expect(answer.status).toBe(403);
  expect(refusalCode(answer)).toBe('host-not-allowed');
});

describe('a CONNECT behind a request that is not answered yet', () => {
  const connect = 'CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n\r\n';

  test('gets no tunnel that the answer would end up in', async () => {
    const first = 'GET http://plain.test/a HTTP/1.1\r\nHost: plain.test\r\n\r\n';
    const { text } = await askProxy(sidecar.port, first + connect);
    expect(text).toBe('');
    await sidecar.event(({ method, code }) => method === 'CONNECT' && code === 'malformed-request');
  });

  test('gets no refusal that would be taken for the answer', async () => {
    const first = 'GET /a HTTP/1.1\r\nHost: allowed.test\r\n\r\n';
    const { text } = await askInside({ ...sidecar, host: 'allowed.test' }, first + connect);
    expect(text).toBe('');
    await sidecar.event(({ method, code }) => method === 'CONNECT' && code === 'method-not-allowed');
  });
});

test.each([
  ['an upgrade behind a request', 'GET', 'Connection: upgrade\r\nUpgrade: websocket', 1],
  ['the tenth request ahead of its answer', 'PUT', 'Content-Length: 0', 9],
])('%s is hung up on, and told of', async (_what, method, headers, count) => {
  const first = 'POST /a HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 0\r\n\r\n';
  const next = `${method} /b HTTP/1.1\r\nHost: allowed.test\r\n${headers}\r\n\r\n`;
  const { text } = await askInside({ ...sidecar, host: 'allowed.test' }, first + next.repeat(count));
  expect(text).toBe('');
  const toldOf = (event: DecisionEvent) => event.method === method && event.code === 'malformed-request';
  await sidecar.event(toldOf);
  expect(sidecar.events.filter(toldOf)).toHaveLength(1);
});
