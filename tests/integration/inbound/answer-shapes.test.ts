import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { constants, createGzip, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Canary, startCanary } from '../../support/canary.js';
import { askInside, openTunnel, type RawAnswer, refusalCode, sendRaw } from '../../support/raw-client.js';
import { routeTo } from '../../support/routes.js';
import { type SidecarProcess, startSidecar } from '../../support/sidecar-process.js';
import { createTestAuthority } from '../../support/test-authority.js';

const secret = 'xoPq7-4f0d8a66b1c7KmZt92Lw';
const text = `${'a line of text, and then another.\n'.repeat(100)}${secret}\n${'and so it goes on to its end.\n'.repeat(100)}`;
const at = text.indexOf(secret);
const line = Buffer.from('a line of ordinary text, and then another one.\n'.repeat(1000));

const long = Buffer.alloc(30_000_000, line);

let upstream: Canary;
let sidecar: SidecarProcess;

const serve: RequestListener = (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://upstream');
  response.setHeader('content-type', searchParams.get('type') ?? 'text/plain');
  if (pathname === '/range') {
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    if (first === undefined) return response.writeHead(200, { 'content-length': text.length }).end(text);
    const most = Number(searchParams.get('short') ?? text.length);
    const end = Math.min(most, last === '' ? text.length : Number(last) + 1);
    const range = searchParams.has('multiple') ? '' : `bytes ${first}-${end - 1}/${text.length}`;
    const part = text.slice(Number(first), end);
    return response.writeHead(206, { 'content-range': range, 'content-length': part.length }).end(part);
  }
  if (pathname === '/any-part')
    return response.writeHead(206, { 'content-range': 'bytes 5000-5999/9999' }).end(Buffer.alloc(1000, 'a '));
  if (pathname === '/coded-part')
    return response
      .writeHead(206, { 'content-range': 'bytes 0-99/1000', 'content-encoding': 'gzip' })
      .end(gzipSync(text));
  if (pathname === '/truncated') {
    return response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text).subarray(0, -20));
  }
  if (pathname === '/not-coded') return response.writeHead(200, { 'content-encoding': 'gzip' }).end(text);
  if (pathname === '/not-modified')
    return response.writeHead(304, { etag: `"${secret}"`, 'content-encoding': 'gzip' }).end();
  if (pathname === '/coded') {
    const coded = gzipSync(text);
    return response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': coded.length }).end(coded);
  }
  if (pathname === '/bomb') {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    const bomb = createGzip({ level: constants.Z_BEST_COMPRESSION });
    bomb.pipe(response);
    bomb.end(Buffer.alloc(300_000_000));
    return;
  }
  if (pathname === '/long') return response.writeHead(200, { 'content-length': long.length }).end(long);
  // Without an end, as fast as it is taken.
  const more = () => {
    while (!response.destroyed && response.write(line));
  };
  response.on('drain', more);
  more();
};

beforeAll(async () => {
  const authority = await createTestAuthority();
  upstream = await startCanary({ authority, names: ['shapes.test', 'off.test'] }, serve);
  sidecar = await startSidecar({
    routes: [
      routeTo('shapes.test', upstream.port, {
        certificateAuthority: authority.certificate,
        dlp: { outbound: [], inbound: null, outboundOnMatch: 'block', inboundOnMatch: 'block' },
      }),
      routeTo('off.test', upstream.port, {
        certificateAuthority: authority.certificate,
        dlp: { outbound: [], inbound: [], outboundOnMatch: 'block', inboundOnMatch: 'block' },
      }),
    ],
    secrets: { TOKEN: secret },
  });
});
afterAll(async () => {
  await sidecar?.[Symbol.asyncDispose]();
  await upstream?.[Symbol.asyncDispose]();
});

const tunnel = () => openTunnel({ ...sidecar, host: 'shapes.test' });
const ask = (path: string, headers = '', method = 'GET'): Promise<RawAnswer> =>
  askInside(
    { ...sidecar, host: 'shapes.test' },
    `${method} ${path} HTTP/1.1\r\nHost: shapes.test\r\n${headers}\r\n`,
  );

describe('a part of an answer', () => {
  const whole = text.replace(secret, '*'.repeat(secret.length));

  test.each([
    ['to the end', (cut: number) => [cut, text.length - 1, `${cut}-`]],
    ['from the beginning', (cut: number) => [0, cut, `0-${cut}`]],
    ['of nine bytes', (cut: number) => [cut, cut + 8, `${cut}-${cut + 8}`]],
    ['past the end', (cut: number) => [cut, text.length - 1, `${cut}-${text.length + 5}`]],
  ] as const)('is that of the covered whole, wherever it cuts a value: %s', async (_name, rangeAt) => {
    for (let cut = at - 1; cut <= at + secret.length; cut += 1) {
      const [first, last, range] = rangeAt(cut);
      const answer = await ask('/range', `Range: bytes=${range}\r\n`);
      expect(answer.status).toBe(206);
      expect(answer.headers.get('content-range')).toBe(`bytes ${first}-${last}/${text.length}`);
      expect(answer.headers.get('content-length')).toBe(String(Number(last) - Number(first) + 1));
      expect(answer.body).toBe(whole.slice(Number(first), Number(last) + 1));
    }
  });

  test('without a value in it comes byte for byte, at the very end too', async () => {
    const answer = await ask('/range', `Range: bytes=${text.length - 9}-\r\n`);
    expect([answer.status, answer.body]).toEqual([206, text.slice(-9)]);
  });

  test('that begins behind the end is answered 416, as for a download that is complete', async () => {
    const answer = await ask('/range', `Range: bytes=${text.length}-\r\n`);
    expect([answer.status, answer.body]).toEqual([416, '']);
    expect(answer.headers.get('content-range')).toBe(`bytes */${text.length}`);
  });

  test.each(['bytes=-5', 'bytes=5-4', 'bytes=1-2, 5-9'])('%s is never asked for', async (range) => {
    const answer = await ask('/range', `Range: ${range}\r\n`);
    expect([answer.status, answer.body]).toEqual([200, whole]);
  });

  test('of which the upstream sends less ends where all of it was looked at', async () => {
    const answer = await ask(`/range?short=${at + 10}`, 'Range: bytes=0-\r\n');
    expect(answer.headers.get('content-range')).toBe(`bytes 0-${at + 9 - 1024}/${text.length}`);
    expect(answer.body).toBe(whole.slice(0, at + 10 - 1024));
  });

  test.each([
    ['one of several', '/range?multiple', 'Range: bytes=0-2000\r\n'],
    ['of a coded body', '/coded-part', 'Range: bytes=0-2000\r\n'],
    ['nobody asked for', '/any-part', ''],
    ['another than was asked for', '/any-part', 'Range: bytes=5000-9000\r\n'],
    ['so short that nothing is sure', '/range?short=9', 'Range: bytes=0-\r\n'],
  ])('is refused: %s', async (_name, path, headers) => {
    const answer = await ask(path, headers);
    expect([answer.status, refusalCode(answer)]).toEqual([502, 'response-not-scannable']);
  });
});

describe('an answer without a body', () => {
  test('to HEAD has the headers that it would have with one', async () => {
    const secure = await tunnel();
    secure.write('HEAD /coded HTTP/1.1\r\nHost: shapes.test\r\n\r\n');
    const [head] = (await once(secure, 'data')) as [Buffer];
    expect(String(head)).toMatch(/^HTTP\/1\.1 200 /);
    expect(String(head)).not.toMatch(/content-encoding|content-length/i);
    expect((await sendRaw(secure, 'GET /range HTTP/1.1\r\nHost: shapes.test\r\n\r\n')).status).toBe(200);
    secure.destroy();
  });

  test('304: its headers are covered, and the connection goes on', async () => {
    const secure = await tunnel();
    for (let count = 0; count < 2; count += 1) {
      const answer = await sendRaw(secure, 'GET /not-modified HTTP/1.1\r\nHost: shapes.test\r\n\r\n');
      expect([answer.status, answer.headers.get('etag')]).toEqual([304, `"${'*'.repeat(secret.length)}"`]);
    }
    secure.destroy();
  });
});

describe('a body that is not what it says', () => {
  test.each(['/truncated', '/not-coded'])('is not let through: %s', async (path) => {
    const answer = await ask(path);
    expect([answer.status, refusalCode(answer)]).toEqual([502, 'response-not-scannable']);
  });

  test('is cut where it expands without measure, and memory stays bounded', async () => {
    const before = sidecar.residentMemory();
    const secure = await tunnel();
    let received = 0;
    secure.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    secure.write('GET /bomb?type=image/png HTTP/1.1\r\nHost: shapes.test\r\n\r\n');
    await once(secure, 'close');
    expect(received).toBeLessThan(150_000_000);
    expect(sidecar.residentMemory() - before).toBeLessThan(150_000_000);
    const event = await sidecar.event(({ path }) => path === '/bomb');
    expect(event).toMatchObject({ verdict: 'failed', code: 'response-not-scannable' });
  });
});

test.each([
  ['shapes.test', 'text/plain'],
  ['shapes.test', 'application/octet-stream'],
  ['shapes.test', 'image/png'],
  ['off.test', 'text/plain'],
])('a long body comes whole to a client that reads slowly: %s, %s', async (host, type) => {
  const secure = await openTunnel({ ...sidecar, host });
  secure.write(`GET /long?type=${type} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const parts: Buffer[] = [];
  let head = Number.POSITIVE_INFINITY;
  let size = 0;
  for await (const chunk of secure) {
    parts.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (parts.length === 1) head = (chunk as Buffer).indexOf('\r\n\r\n') + 4;
    if (size >= head + long.length) break;
    await new Promise(setImmediate);
  }
  expect(Buffer.concat(parts).subarray(head).equals(long)).toBe(true);
  secure.destroy();
});

test.each(['text/plain', 'text/event-stream', 'application/octet-stream', 'image/png'])(
  'a client that does not read an endless %s costs no memory',
  async (type) => {
    const before = sidecar.residentMemory();
    const secure = await tunnel();
    secure.pause();
    secure.write(`GET /endless?type=${type} HTTP/1.1\r\nHost: shapes.test\r\n\r\n`);
    await once(upstream.server, 'request');
    // The upstream is as far as it can get once another request has been answered a few times.
    for (let count = 0; count < 20; count += 1) expect((await ask('/range')).status).toBe(200);
    expect(sidecar.residentMemory() - before).toBeLessThan(60_000_000);
    secure.destroy();
  },
);
