import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inspectHead } from '../../src/policy/request-head.js';
import { IncomingRequest } from '../../src/sidecar/incoming-request.js';
import { readRequestBody, scannedBody } from '../../src/sidecar/read-request-body.js';

let server: Server<typeof IncomingRequest>;
let client: Socket;

beforeEach(async () => {
  server = createServer({ IncomingMessage: IncomingRequest }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => {});
});
afterEach(async () => {
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
});

async function nextRequest(text: string): Promise<{ request: IncomingRequest; response: ServerResponse }> {
  const asked = once(server, 'request');
  client.write(text);
  const [request, response] = (await asked) as [IncomingRequest, ServerResponse];
  return { request, response };
}

/** The request that Node keeps for a connection. */
const keptBy = (socket: Socket): unknown =>
  (socket as Socket & { parser: { incoming: unknown } | null }).parser?.incoming;

async function answered(response: ServerResponse): Promise<void> {
  const closed = once(response, 'close');
  response.end('ok');
  await closed;
}

test('a body that comes in pieces is had whole, and the next request is another', async () => {
  server.once('request', (request) => bodies.push(request.takeWhole(6)));
  const bodies: (Promise<Buffer> | null)[] = [];
  const { response } = await nextRequest('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nab');
  client.write('cd');
  const next = await nextRequest('efGET /next HTTP/1.1\r\nHost: a\r\n\r\n');
  expect(String(await bodies[0])).toBe('abcdef');
  expect(next.request.url).toBe('/next');
  response.destroy();
});

test('an idle connection keeps nothing of a request that was taken whole', async () => {
  const taken: (Promise<Buffer> | null)[] = [];
  server.once('request', (request) => taken.push(request.takeWhole(2)));
  const { request, response } = await nextRequest(
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab',
  );
  const { socket } = request;
  expect(String(await taken[0])).toBe('ab');
  await answered(response);
  expect(keptBy(socket)).toBe(null);
});

test('nor of one without a body', async () => {
  server.once('request', (request) => request.expectNoBody());
  const { request, response } = await nextRequest('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  const { socket } = request;
  await answered(response);
  expect(keptBy(socket)).toBe(null);
});

test.each([0, 1])('a client that leaves with part of its body sent is told of (%i)', async (late) => {
  const taken: (Promise<Buffer> | null)[] = [];
  if (!late) server.once('request', (request) => taken.push(request.takeWhole(6)));
  const { request } = await nextRequest('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n');
  const gone = new Promise((resolve) => request.once('close', resolve));
  client.destroy();
  if (late) {
    await gone;
    taken.push(request.takeWhole(6));
  }
  await expect(taken[0]).rejects.toThrow('the client left');
});

test.each(['Content-Length: 6\r\n\r\nab', 'Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n'])(
  'nothing is held for a client that left before its body was asked for (%j)',
  async (rest) => {
    const { request } = await nextRequest(`POST / HTTP/1.1\r\nHost: a\r\n${rest}`);
    const gone = new Promise((resolve) => request.once('close', resolve));
    client.destroy();
    await gone;
    const held = { bytes: 0 };
    const head = inspectHead(request.rawHeaders, request.httpVersion);
    await expect(readRequestBody(request, head, held, scannedBody)).rejects.toThrow('the client left');
    expect(held.bytes).toBe(0);
  },
);
