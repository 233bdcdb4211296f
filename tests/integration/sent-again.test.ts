import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askProxy } from '../support/raw-client.js';
import { routeTo } from '../support/routes.js';
import { type SidecarProcess, startSidecar } from '../support/sidecar-process.js';

let upstream: Server;
let sidecar: SidecarProcess;
const asked: string[] = [];
/** Connections on which a request for `/cut` waits; nobody answers the first. */
const waiting: Socket[] = [];

beforeAll(async () => {
  upstream = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const path = data.toString('latin1').split(' ')[1] ?? '';
      asked.push(path);
      if (path === '/cut' && waiting.push(socket) === 1) upstream.emit('cut');
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
  });
  await once(upstream.listen(0, '127.0.0.1'), 'listening');
  const { port } = upstream.address() as AddressInfo;
  sidecar = await startSidecar({ routes: [routeTo('*.plain.test', port, { scheme: 'http' })] });
});
afterAll(async () => {
  await sidecar?.[Symbol.asyncDispose]();
  await new Promise((resolve) => upstream.close(resolve));
});

const get = (host: string, path: string) =>
  askProxy(sidecar.port, `GET http://${host}${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);

test('a request is sent again where its pool has made room for others', async () => {
  const answer = get('first.plain.test', '/cut');
  await once(upstream, 'cut');
  for (let other = 0; other < 40; other += 1) {
    expect((await get(`other${other}.plain.test`, '/')).status).toBe(200);
  }
  waiting[0]?.destroy();
  expect((await answer).status).toBe(200);
  expect(asked.filter((path) => path === '/cut').length).toBe(2);
});
