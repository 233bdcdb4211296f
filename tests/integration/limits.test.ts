import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ProxyRig, startProxyRig } from '../support/proxy-rig.js';
import { askInside, openSocket, openTunnel, readToEnd } from '../support/raw-client.js';

let rig: ProxyRig;

beforeAll(async () => {
  rig = await startProxyRig();
});
afterAll(() => rig?.[Symbol.asyncDispose]());

describe('a broken chunked body never arrives whole:', () => {
  test.each([
    ['a chunk size with a sign', '+5\r\nhello\r\n0\r\n\r\n'],
    ['a chunk size in 0x', '0x5\r\nhello\r\n0\r\n\r\n'],
    ['a chunk longer than its size', '3\r\nhello\r\n0\r\n\r\n'],
    ['a chunk ended by a bare line feed', '5\nhello\n0\n\n'],
    ['a chunk extension with a line feed', '5;a\nb\r\nhello\r\n0\r\n\r\n'],
    ['a chunk size that overflows', 'fffffffffffffffff\r\nhello\r\n'],
  ])('%s', async (_name, chunks) => {
    let completed = 0;
    rig.upstream.server.on('request', (request) => request.once('end', () => (completed += 1)));
    const answer = await askInside(
      { ...rig.sidecar, host: 'allowed.test' },
      `POST / HTTP/1.1\r\nHost: allowed.test\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
    );
    expect(answer.status === 0 || answer.status >= 400).toBe(true);
    await rig.sidecar.event((event) => event.method === 'POST');
    expect(completed).toBe(0);
  });
});

test('requests sent ahead are forwarded one after the other, and answered in order', async () => {
  const paths = ['/one', '/two', '/three', '/four'];
  let active = 0;
  let most = 0;
  const count = (_request: IncomingMessage, response: ServerResponse) => {
    active += 1;
    most = Math.max(most, active);
    response.once('close', () => (active -= 1));
  };
  rig.upstream.server.prependListener('request', count);
  const secure = await openTunnel({ ...rig.sidecar, host: 'allowed.test' });
  const text = readToEnd(secure);
  const head = 'HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 60000\r\n';
  const requests = paths.map((path, index) => {
    return `POST ${path} ${head}${index === 3 ? 'Connection: close\r\n' : ''}\r\n${'b'.repeat(60_000)}`;
  });
  secure.write(requests.join(''));
  expect((await text).match(/reached POST \S+/g)).toEqual(paths.map((path) => `reached POST ${path}`));
  rig.upstream.server.off('request', count);
  expect(most).toBe(1);
});

test('what was sent ahead of a last answer is not forwarded', async () => {
  rig.upstream.requests.length = 0;
  const secure = await openTunnel({ ...rig.sidecar, host: 'allowed.test' });
  const text = readToEnd(secure);
  const twice = 'Authorization: a\r\nAuthorization: b\r\n';
  const next = 'GET /next HTTP/1.1\r\nHost: allowed.test\r\n\r\n';
  secure.write(`GET / HTTP/1.1\r\nHost: allowed.test\r\n${twice}\r\n${next}${next}`);
  expect(await text).toContain('duplicate-header');
  await rig.expectNothingGotOut();
});

test('a client that sends 200 requests ahead without reading is cut off', async () => {
  const secure = await openTunnel({ ...rig.sidecar, host: 'allowed.test' });
  const closed = new Promise((resolve) => secure.once('close', resolve));
  secure.resume();
  secure.write('GET /ahead HTTP/1.1\r\nHost: allowed.test\r\n\r\n'.repeat(200));
  await closed;
  expect(rig.upstream.requests.filter(({ line }) => line === 'GET /ahead').length).toBeLessThan(64);
});

test('headers that never end are cut off after 30 s, outside and inside the TLS', {
  timeout: 60_000,
}, async () => {
  const outer = await openSocket(rig.sidecar.port);
  const inner = await openTunnel({ ...rig.sidecar, host: 'allowed.test' });
  outer.write('GET http://allowed.test/ HTTP/1.1\r\nHost: ');
  inner.write('GET / HTTP/1.1\r\nHost: ');
  const [outerText, innerText] = await Promise.all([readToEnd(outer), readToEnd(inner)]);
  expect(outerText).toContain('did not arrive within 30 s');
  expect(innerText).toContain('did not arrive within 30 s');
});
