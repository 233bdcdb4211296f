import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type ForwardingRig, hangs, held, startForwardingRig } from '../support/forwarding-rig.js';
import { secretValue } from '../support/proxy-rig.js';
import { askProxy, openTunnel, refusalCode, sendRaw } from '../support/raw-client.js';

let rig: ForwardingRig;
let { upstream, denied, sidecar, get } = {} as ForwardingRig;

beforeAll(async () => {
  rig = await startForwardingRig();
  ({ upstream, denied, sidecar, get } = rig);
});
afterAll(() => rig?.[Symbol.asyncDispose]());
afterEach(() => {
  upstream.requests.length = 0;
  expect(sidecar.child.exitCode).toBe(null);
  expect(sidecar.output()).not.toContain(secretValue);
});

describe('what an upstream can’t do', () => {
  test('a redirect is passed on, never followed', async () => {
    const answer = await get('/redirect');
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'https://denied.test/']);
    expect(denied.connections()).toBe(0);
    expect(
      refusalCode(await askProxy(sidecar.port, 'CONNECT denied.test:443 HTTP/1.1\r\nHost: x\r\n\r\n')),
    ).toBe('host-not-allowed');
  });

  test('a verdict header of its own is taken off, and what its Connection names', async () => {
    const answer = await get('/forged');
    expect(answer.status).toBe(200);
    expect([...answer.headers.keys()]).not.toContain('x-bot-bottle-verdict');
    expect([...answer.headers.keys()]).not.toContain('x-hop');
    expect(answer.headers.get('kept')).toBe('1');
  });

  test.each(['/dies', '/dies-chunked'])('an end in the middle (%s) is no clean end', async (path) => {
    const secure = await openTunnel({ ...sidecar, host: 'allowed.test' });
    const text = await new Promise<string>((resolve) => {
      let all = '';
      secure.on('data', (chunk: Buffer) => (all += chunk.toString()));
      secure.once('close', () => resolve(all));
      secure.write(`GET ${path} HTTP/1.1\r\nHost: allowed.test\r\n\r\n`);
    });
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text).not.toMatch(/\r\n0\r\n\r\n$/);
    const event = await sidecar.event((entry) => entry.path === path);
    expect(event.verdict).toBe('failed');
  });
});

describe('while it lasts', () => {
  test('the first event of a stream arrives before the last is sent', async () => {
    const secure = await openTunnel({ ...sidecar, host: 'allowed.test' });
    let text = '';
    secure.on('data', (chunk: Buffer) => (text += chunk.toString()));
    secure.write('GET /events HTTP/1.1\r\nHost: allowed.test\r\n\r\n');
    while (!text.includes('data: first')) await once(secure, 'data');
    expect(text).not.toContain('data: last');
    for (const finish of held.splice(0)) finish();
    while (!text.includes('data: last')) await once(secure, 'data');
    secure.destroy();
  });

  test('headers do not wait for a body', async () => {
    const secure = await openTunnel({ ...sidecar, host: 'allowed.test' });
    const [chunk] = (await Promise.all([
      once(secure, 'data'),
      secure.write('GET /headers-first HTTP/1.1\r\nHost: allowed.test\r\n\r\n'),
    ]).then(([data]) => data)) as [Buffer];
    expect(chunk.toString()).toMatch(/^HTTP\/1\.1 200 /);
    const rest = once(secure, 'data');
    for (const finish of held.splice(0)) finish();
    expect(String((await rest)[0])).toBe('late');
    secure.destroy();
  });

  test('a client that leaves takes its upstream request with it', async () => {
    const secure = await openTunnel({ ...sidecar, host: 'allowed.test' });
    const arrived = once(upstream.server, 'request');
    secure.write('GET /hang HTTP/1.1\r\nHost: allowed.test\r\n\r\n');
    await arrived;
    const left = new Promise<void>((resolve) => hangs.push(resolve));
    secure.destroy();
    await left;
  });

  test('a client that leaves during its upload does so too', async () => {
    const secure = await openTunnel({ ...sidecar, host: 'allowed.test' });
    const arrived = once(upstream.server, 'request');
    secure.write('POST /hang HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 10000000\r\n\r\n');
    // Longer than what is read whole; enough for a first part of it to go on.
    secure.write('some '.repeat(6000));
    await arrived;
    const left = new Promise<void>((resolve) => hangs.push(resolve));
    secure.destroy();
    await left;
  });

  test('a connection is used again, on both sides', async () => {
    const before = upstream.connections();
    const secure = await openTunnel({ ...sidecar, host: 'again.wild.test' });
    for (let count = 0; count < 5; count += 1) {
      expect((await sendRaw(secure, 'GET / HTTP/1.1\r\nHost: again.wild.test\r\n\r\n')).status).toBe(200);
    }
    expect(upstream.connections() - before).toBeLessThan(3);
    secure.destroy();
  });

  test('an upstream that closes idle connections costs no request', async () => {
    const secure = await openTunnel({ ...sidecar, host: 'allowed.test' });
    for (let count = 0; count < 5; count += 1) {
      expect((await sendRaw(secure, 'GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n')).status).toBe(200);
      upstream.server.closeIdleConnections();
    }
    secure.destroy();
  });
});
