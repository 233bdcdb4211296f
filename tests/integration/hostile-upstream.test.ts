import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askProxy, openSocket, readToEnd, refusalCode } from '../support/raw-client.js';
import { routeTo } from '../support/routes.js';
import { type SidecarProcess, startSidecar } from '../support/sidecar-process.js';

const answers: Record<string, string> = {
  '/banana': 'banana\r\n\r\n',
  '/nothing': '',
  '/both':
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  '/two-lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nhello',
  '/control': 'HTTP/1.1 200 OK\r\nX: a\x01b\r\nContent-Length: 2\r\n\r\nok',
  '/nul': 'HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\nok',
  '/large': `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(200_000)}\r\nContent-Length: 2\r\n\r\nok`,
  '/unasked-upgrade':
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nraw bytes',
  '/continue': 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  '/phrase': 'HTTP/1.1 200 \xff\xfe\r\nContent-Length: 2\r\n\r\nok',
  '/two-answers':
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond',
  '/interim': `${'HTTP/1.1 102 Processing\r\n\r\n'.repeat(17)}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`,
  '/some-interim': `${'HTTP/1.1 102 Processing\r\n\r\n'.repeat(16)}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`,
  '/trailer': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: a\x7fb\r\n\r\n',
  '/old': 'HTTP/1.0 200 OK\r\n\r\nuntil the end',
};

let upstream: Server;
let sidecar: SidecarProcess;

beforeAll(async () => {
  upstream = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (data) => {
      socket.end(Buffer.from(answers[data.toString('latin1').split(' ')[1] ?? ''] ?? '', 'latin1'));
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const { port } = upstream.address() as AddressInfo;
  sidecar = await startSidecar({ routes: [routeTo('plain.test', port, { scheme: 'http' })] });
});
afterAll(async () => {
  await sidecar?.[Symbol.asyncDispose]();
  await new Promise((resolve) => upstream.close(resolve));
});

/** All that comes to a client that wants the connection closed. */
async function readAll(path: string): Promise<string> {
  const socket = await openSocket(sidecar.port);
  const text = readToEnd(socket);
  socket.write(`GET http://plain.test${path} HTTP/1.1\r\nHost: plain.test\r\nConnection: close\r\n\r\n`);
  return text;
}

const ask = (path: string) =>
  askProxy(
    sidecar.port,
    `POST http://plain.test${path} HTTP/1.1\r\nHost: plain.test\r\nContent-Length: 1\r\n\r\nx`,
  );

test('interim answers pass up to a limit', async () => {
  expect((await readAll('/some-interim')).match(/^HTTP\/1\.1 \d+/gm)).toEqual([
    ...Array<string>(16).fill('HTTP/1.1 102'),
    'HTTP/1.1 200',
  ]);
  const cut = await readAll('/interim');
  expect(cut).toContain('HTTP/1.1 502');
  expect(cut).not.toContain('HTTP/1.1 200');
});

test('a trailer with a control character cuts the answer, and nothing else', async () => {
  const text = await readAll('/trailer');
  expect(text).not.toContain('\x7f');
  expect(text).not.toMatch(/\r\n0\r\n/);
  expect((await ask('/phrase')).status).toBe(200);
  expect(sidecar.child.exitCode).toBe(null);
});

describe('an upstream that answers', () => {
  test.each(['/banana', '/both', '/two-lengths', '/control', '/nul', '/large'])(
    '%s is answered for with 502',
    async (path) => {
      const answer = await ask(path);
      expect([answer.status, refusalCode(answer)]).toEqual([502, 'upstream-protocol']);
    },
  );

  test.each(['/nothing', '/unasked-upgrade', '/continue'])(
    '%s is answered for with some 502',
    async (path) => {
      expect((await ask(path)).status).toBe(502);
    },
  );

  test('/phrase is passed on without its phrase', async () => {
    const answer = await ask('/phrase');
    expect([answer.status, answer.body]).toEqual([200, 'ok']);
    expect(answer.text).not.toMatch(/[^\t\r\n -~]/);
  });

  test('/two-answers gives the client the first alone', async () => {
    const answer = await ask('/two-answers');
    expect(answer.body).toBe('ok');
    expect((await ask('/old')).body).toContain('until the end');
  });
});
