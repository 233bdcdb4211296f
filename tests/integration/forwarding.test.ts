import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { headerValues } from '../support/canary.js';
import { type ForwardingRig, startForwardingRig } from '../support/forwarding-rig.js';
import { secretValue } from '../support/proxy-rig.js';
import {
  askInside,
  askProxy,
  openTunnel,
  readAnswer,
  readToEnd,
  refusalCode,
  sendRaw,
} from '../support/raw-client.js';

let rig: ForwardingRig;
let { upstream, plain, sidecar, get } = {} as ForwardingRig;

beforeAll(async () => {
  rig = await startForwardingRig();
  ({ upstream, plain, sidecar, get } = rig);
});
afterAll(() => rig?.[Symbol.asyncDispose]());
afterEach(() => {
  upstream.requests.length = 0;
  expect(sidecar.child.exitCode).toBe(null);
  expect(sidecar.output()).not.toContain(secretValue);
});

describe('credentials', () => {
  const forged = [
    'Authorization: Bearer mine',
    'Proxy-Authorization: Basic abc',
    'X-Api-Key: mine',
    'X_Api_Key: mine',
    'Private-Token: mine',
    'Cookie: session=mine',
    'x-team: red',
    'X_Team: red',
    'X-SECOND: mine',
    'Kept: yes',
    '',
  ].join('\r\n');

  test('every credential of the client is taken off before the route’s own is set', async () => {
    expect((await get('/', 'auth.test', forged)).status).toBe(200);
    const [request] = upstream.requests;
    expect(headerValues(request, 'authorization')).toEqual([`Bearer ${secretValue}`]);
    expect(headerValues(request, 'x-team')).toEqual(['blue']);
    expect(headerValues(request, 'x-second')).toEqual([secretValue]);
    expect(headerValues(request, 'kept')).toEqual(['yes']);
    expect(JSON.stringify(request)).not.toMatch(/mine|red|Basic abc/);
  });

  test('Basic is encoded', async () => {
    await get('/', 'basic.test');
    expect(headerValues(upstream.requests[0], 'authorization')).toEqual(['Basic dXNlcjpwYXNz']);
  });

  test('a route without a credential passes the client’s own', async () => {
    await get('/', 'allowed.test', 'Authorization: Bearer mine\r\nCookie: a=b\r\n');
    expect(headerValues(upstream.requests[0], 'authorization')).toEqual(['Bearer mine']);
    expect(headerValues(upstream.requests[0], 'cookie')).toEqual(['a=b']);
  });

  test('the client cannot have the route’s credential dropped by naming it in Connection', async () => {
    await get('/', 'auth.test', 'Connection: authorization, host, x-team\r\n');
    expect(headerValues(upstream.requests[0], 'authorization')).toEqual([`Bearer ${secretValue}`]);
    expect(headerValues(upstream.requests[0], 'host')).toEqual(['auth.test']);
  });
});

test.each(['GET', 'DELETE', 'OPTIONS'])(
  'after a %s with a body the upstream’s connection is closed',
  async (method) => {
    const body = 'Content-Length: 2\r\n\r\nab';
    const tunnel = { ...sidecar, host: 'allowed.test' };
    expect((await askInside(tunnel, `${method} / HTTP/1.1\r\nHost: allowed.test\r\n${body}`)).status).toBe(
      200,
    );
    expect((await askInside(tunnel, `POST / HTTP/1.1\r\nHost: allowed.test\r\n${body}`)).status).toBe(200);
    const connections = upstream.requests.map((request) => headerValues(request, 'connection').join());
    expect(connections).toEqual(['close', 'keep-alive']);
  },
);

test('headers between two neighbours are not passed on', async () => {
  const hop =
    'Connection: keep-alive, X-Hop\r\nX-Hop: 1\r\nTE: trailers\r\nKeep-Alive: 5\r\nProxy-Connection: x\r\nUpgrade: h2c\r\n';
  await get('/', 'allowed.test', hop);
  const [request] = upstream.requests;
  for (const name of ['x-hop', 'te', 'keep-alive', 'proxy-connection', 'upgrade']) {
    expect(headerValues(request, name)).toEqual([]);
  }
});

test('header matches ask for exactly one occurrence, of a header that is passed on', async () => {
  expect((await get('/v1/a', 'picky.test', 'X-Key: a\r\n')).status).toBe(200);
  expect(refusalCode(await get('/v1/a', 'picky.test', 'X-Key: a\r\nX-Key: a\r\n'))).toBe(
    'request-not-allowed',
  );
  expect(refusalCode(await get('/v1/a', 'picky.test', 'X-Key: a\r\nConnection: X-Key\r\n'))).toBe(
    'request-not-allowed',
  );
  expect(refusalCode(await get('/v10/a', 'picky.test', 'X-Key: a\r\n'))).toBe('path-not-allowed');
  expect(upstream.requests.length).toBe(1);
});

test('a wildcard covers names below it, each dialled by its own name', async () => {
  expect((await get('/', 'a.wild.test')).status).toBe(200);
  expect(headerValues(upstream.requests[0], 'host')).toEqual(['a.wild.test']);
  const answer = await askProxy(sidecar.port, 'CONNECT wild.test:443 HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(refusalCode(answer)).toBe('host-not-allowed');
});

test('plain http goes to a route that says http', async () => {
  const answer = await askProxy(
    sidecar.port,
    'GET http://plain.test/x?y HTTP/1.1\r\nHost: plain.test\r\n\r\n',
  );
  expect([answer.status, answer.body]).toEqual([200, 'ok']);
  expect(plain.requests.map(({ line }) => line)).toEqual(['GET /x?y']);
});

test('the path goes on as it came', async () => {
  await get('/@scope%2fname/%7Ea?q=%20');
  expect(upstream.requests.map(({ line }) => line)).toEqual(['GET /@scope%2fname/%7Ea?q=%20']);
});

describe('bodies', () => {
  const tunnel = () => openTunnel({ ...sidecar, host: 'allowed.test' });

  test.each([
    ['small, by Content-Length', 'Content-Length: 5\r\n\r\nhello', 'hello'],
    [
      'chunked',
      'Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nX-Trailer: dropped\r\n\r\n',
      'hello',
    ],
    ['empty', 'Content-Length: 0\r\n\r\n', ''],
    ['large', `Content-Length: 300000\r\n\r\n${'z'.repeat(300_000)}`, 'z'.repeat(300_000)],
  ])('%s', async (_name, rest, expected) => {
    const secure = await tunnel();
    const answer = await sendRaw(
      secure,
      `POST /echo HTTP/1.1\r\nHost: allowed.test\r\nConnection: close\r\n${rest}`,
    );
    expect(answer.status).toBe(200);
    const chunks = answer.body.replace(/(?:^|\r\n)[\da-f]+\r\n/g, '').replace(/\r\n$/, '');
    expect(chunks.length === expected.length && chunks === expected).toBe(true);
    expect(JSON.stringify(upstream.requests)).not.toContain('dropped');
    secure.destroy();
  });

  test('an answer that comes before the body is read arrives, and the connection goes on', async () => {
    const secure = await tunnel();
    const answer = await sendRaw(
      secure,
      `POST /early HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 2000000\r\n\r\n${'some text\n'.repeat(200_000)}`,
    );
    expect([answer.status, answer.body.includes('too much')]).toEqual([413, true]);
    expect((await sendRaw(secure, 'GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n')).status).toBe(200);
    secure.destroy();
  });

  test('HEAD, 204 and 304 have none', async () => {
    const secure = await tunnel();
    const head = await new Promise<string>((resolve) => {
      secure.once('data', (chunk: Buffer) => resolve(chunk.toString()));
      secure.write('HEAD / HTTP/1.1\r\nHost: allowed.test\r\n\r\n');
    });
    expect(head).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\n$/);
    expect((await sendRaw(secure, 'GET /no-content HTTP/1.1\r\nHost: allowed.test\r\n\r\n')).status).toBe(
      204,
    );
    const unchanged = await sendRaw(secure, 'GET /not-modified HTTP/1.1\r\nHost: allowed.test\r\n\r\n');
    expect([unchanged.status, unchanged.headers.get('etag')]).toEqual([304, '"x"']);
    secure.destroy();
  });

  test('trailers of the answer pass, but not a forged verdict', async () => {
    const answer = await get('/trailers');
    expect(answer.text).toContain('\r\nx-sum: abc\r\n');
    expect(answer.text).not.toContain('forged');
  });

  test('hints that come before the answer pass', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      tunnel().then((secure) => {
        secure.write('GET /hints HTTP/1.1\r\nHost: allowed.test\r\nConnection: close\r\n\r\n');
        readToEnd(secure).then(resolve, reject);
      }, reject);
    });
    expect(text).toMatch(/^HTTP\/1\.1 103 [\s\S]*<\/style\.css>[\s\S]*HTTP\/1\.1 200 [\s\S]*hinted/);
  });
});

describe('100-continue', () => {
  const expecting = (path: string, host: string) =>
    `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n`;

  test('an allowed upload is told to go on', async () => {
    const secure = await openTunnel({ ...sidecar, host: 'allowed.test' });
    expect((await sendRaw(secure, expecting('/echo', 'allowed.test'))).status).toBe(100);
    expect((await sendRaw(secure, 'hello')).body).toContain('hello');
    secure.destroy();
  });

  test('a refused upload never is', async () => {
    const secure = await openTunnel({ ...sidecar, host: 'picky.test' });
    const answer = await sendRaw(secure, expecting('/v1', 'picky.test'));
    expect(answer.status).toBe(403);
    expect(upstream.requests).toEqual([]);
    secure.destroy();
  });

  describe('another expectation', () => {
    const lines = (target: string, header = '') =>
      `GET ${target} HTTP/1.1\r\nHost: allowed.test\r\n${header}\r\n`;
    const asked = () => upstream.requests.map(({ line }) => line);

    test('is refused, with an event, and ends the connection for what was sent behind it', async () => {
      const secure = await openTunnel({ ...sidecar, host: 'allowed.test' });
      secure.write(lines('/expecting', 'Expect: miracles\r\n') + lines('/behind'));
      const text = await readToEnd(secure);
      expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
      expect(text).toMatch(/^connection: close\r$/im);
      expect(text).toContain('malformed-request');
      const event = await sidecar.event(({ path }) => path === '/expecting');
      expect(event).toMatchObject({
        way: 'tls',
        method: 'GET',
        host: 'allowed.test',
        verdict: 'refused',
        code: 'malformed-request',
        status: 400,
      });
      expect(asked()).toEqual([]);
    });

    test('waits for the answers to what came before it', async () => {
      const secure = await openTunnel({ ...sidecar, host: 'allowed.test' });
      secure.write(lines('/before') + lines('/expecting', 'Expect: miracles\r\n') + lines('/behind'));
      const text = await readToEnd(secure);
      expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
      expect(asked()).toEqual(['GET /before']);
    });
  });
});

test('an event calls nothing allowed of which nothing was sent: the client left before its request was whole', async () => {
  const secure = await openTunnel({ ...sidecar, host: 'allowed.test' });
  secure.write(
    'POST /half HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n',
  );
  expect((await readAnswer(secure)).status).toBe(100);
  await new Promise((resolve) => secure.write('ha', resolve));
  secure.destroy();
  const event = await sidecar.event(({ path }) => path === '/half');
  expect(event).toMatchObject({ verdict: 'failed', code: 'client-left', status: 499 });
  expect(upstream.requests).toEqual([]);
  const tunnel = await sidecar.event(({ method, host }) => method === 'CONNECT' && host === 'allowed.test');
  expect(tunnel.verdict).toBe('allowed');
});

test('events say what was decided, without the query', async () => {
  await get('/seen?secret=1');
  const event = await sidecar.event(({ path }) => path === '/seen');
  expect(event).toMatchObject({
    kind: 'decision',
    way: 'tls',
    method: 'GET',
    host: 'allowed.test',
    route: 'allowed.test',
    verdict: 'allowed',
    code: null,
    status: 200,
    bytesSent: 0,
    bytesReceived: 2,
  });
  expect(sidecar.output()).not.toContain('secret=1');
  const odd = await openTunnel({ ...sidecar, host: 'allowed.test' });
  odd.write(`GET /${'long'.repeat(100)} HTTP/1.1\r\nHost: allowed.test\r\n\r\n`);
  await readAnswer(odd as Socket);
  const long = await sidecar.event(({ path }) => path.startsWith('/long'));
  expect(long.path.length).toBe(200);
  odd.destroy();
});
