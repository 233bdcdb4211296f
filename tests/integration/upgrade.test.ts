import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type Canary, startCanary } from '../support/canary.js';
import { openTunnel, refusalCode, sendRaw } from '../support/raw-client.js';
import { routeTo } from '../support/routes.js';
import { type SidecarProcess, startSidecar } from '../support/sidecar-process.js';
import { createTestAuthority } from '../support/test-authority.js';

let upstream: Canary;
let server: WebSocketServer;
let sidecar: SidecarProcess;

beforeAll(async () => {
  const authority = await createTestAuthority();
  upstream = await startCanary({ authority, names: ['socket.test', 'none.test', 'auth.test'] });
  server = new WebSocketServer({ noServer: true, maxPayload: 100_000_000 });
  upstream.server.on('upgrade', (request, socket: Duplex, head) => {
    upstream.requests.push({ line: `UPGRADE ${request.url}`, headers: request.rawHeaders });
    if (request.url === '/no') {
      socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\n\r\nno');
      return;
    }
    server.handleUpgrade(request, socket, head, (client) => {
      client.on('message', (data, binary) => client.send(data, { binary }));
      if (request.url === '/ends') client.close(4000, 'done');
    });
  });
  const own = { certificateAuthority: authority.certificate };
  sidecar = await startSidecar({
    routes: [
      routeTo('socket.test', upstream.port, own),
      routeTo('none.test', upstream.port, { ...own, matches: [] }),
      routeTo('auth.test', upstream.port, { ...own, auth: { scheme: 'token', secret: 'TOKEN' } }),
    ],
    secrets: { TOKEN: 'tok-1' },
  });
});
afterAll(async () => {
  for (const client of server.clients) client.terminate();
  await sidecar?.[Symbol.asyncDispose]();
  await upstream?.[Symbol.asyncDispose]();
});

async function openWebSocket(path: string, host = 'socket.test'): Promise<WebSocket> {
  const secure = await openTunnel({ ...sidecar, host });
  const client = new WebSocket(`ws://${host}${path}`, { createConnection: () => secure });
  await once(client, 'open');
  return client;
}

const handshake = (host: string, path: string) =>
  `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

describe('a WebSocket', () => {
  test('carries messages both ways', async () => {
    const client = await openWebSocket('/echo');
    client.send('hello');
    expect(String((await once(client, 'message'))[0])).toBe('hello');
    const large = Buffer.alloc(3_000_000, 7);
    client.send(large);
    expect(large.equals((await once(client, 'message'))[0] as Buffer)).toBe(true);
    client.close();
    await once(client, 'close');
    const event = await sidecar.event(({ way, path }) => way === 'upgrade' && path === '/echo');
    expect(event).toMatchObject({ verdict: 'allowed', status: 101 });
    expect(event.bytesSent).toBeGreaterThan(3_000_000);
    expect(event.bytesReceived).toBeGreaterThan(3_000_000);
  });

  test('ends when the upstream ends it', async () => {
    const client = await openWebSocket('/ends');
    const [code] = await once(client, 'close');
    expect(code).toBe(4000);
  });

  test('gets the route’s credential', async () => {
    const client = await openWebSocket('/auth', 'auth.test');
    const seen = upstream.requests.find(({ line }) => line === 'UPGRADE /auth');
    expect(seen?.headers).toContain('token tok-1');
    client.terminate();
  });

  test('is refused by the same decision as any request, with a proper answer', async () => {
    const secure = await openTunnel({ ...sidecar, host: 'none.test' });
    const answer = await sendRaw(secure, handshake('none.test', '/echo'));
    expect([answer.status, refusalCode(answer)]).toEqual([403, 'request-not-allowed']);
    const event = await sidecar.event(({ host, way }) => host === 'none.test' && way === 'upgrade');
    expect(event).toMatchObject({ verdict: 'refused', code: 'request-not-allowed', status: 403 });
    secure.destroy();
  });

  test.each([
    ['a Host that is not the tunnel’s', handshake('evil.test', '/'), 'host-mismatch'],
    [
      'a body',
      handshake('socket.test', '/').replace('\r\n\r\n', '\r\nContent-Length: 3\r\n\r\nabc'),
      'ambiguous-framing',
    ],
  ])('is refused with %s', async (_name, bytes, code) => {
    const secure = await openTunnel({ ...sidecar, host: 'socket.test' });
    expect(refusalCode(await sendRaw(secure, bytes))).toBe(code);
    secure.destroy();
  });

  test('an upstream’s own refusal is passed on', async () => {
    const secure = await openTunnel({ ...sidecar, host: 'socket.test' });
    const answer = await sendRaw(secure, handshake('socket.test', '/no'));
    expect([answer.status, answer.body]).toEqual([401, 'no']);
    const event = await sidecar.event(({ path }) => path === '/no');
    expect(event).toMatchObject({ verdict: 'allowed', status: 401, bytesReceived: 2 });
    secure.destroy();
  });
});
