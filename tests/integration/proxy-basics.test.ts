import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Canary, startCanary } from '../support/canary.js';
import { askInside, askProxy, refusalCode } from '../support/raw-client.js';
import { routeTo } from '../support/routes.js';
import { type SidecarProcess, startSidecar } from '../support/sidecar-process.js';
import { createTestAuthority } from '../support/test-authority.js';

let upstream: Canary;
let sidecar: SidecarProcess;

beforeAll(async () => {
  const authority = await createTestAuthority();
  upstream = await startCanary({ authority, names: ['allowed.test'] });
  sidecar = await startSidecar({
    routes: [routeTo('allowed.test', upstream.port, { certificateAuthority: authority.certificate })],
  });
});
afterAll(async () => {
  await sidecar?.[Symbol.asyncDispose]();
  await upstream?.[Symbol.asyncDispose]();
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
