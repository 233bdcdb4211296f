import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askProxy, openSocket } from '../support/raw-client.js';
import { routeTo } from '../support/routes.js';
import { type SidecarProcess, startSidecar } from '../support/sidecar-process.js';
import { standsStill } from '../support/stands-still.js';

/** Connections that the sidecar opens to one host. */
const most = 64;

let upstream: Server;
let sidecar: SidecarProcess;
const asked: string[] = [];
let connections = 0;
const unanswered: Socket[] = [];

beforeAll(async () => {
  upstream = createServer((socket) => {
    connections += 1;
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const [, path = ''] = /^\w+ (\S+) HTTP/.exec(data.toString('latin1')) ?? [];
      if (path === '') return;
      asked.push(path);
      if (path === '/stays') unanswered.push(socket);
      else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
  });
  await once(upstream.listen(0, '127.0.0.1'), 'listening');
  const { port } = upstream.address() as { port: number };
  sidecar = await startSidecar({ routes: [routeTo('plain.test', port, { scheme: 'http' })] });
});
afterAll(async () => {
  await sidecar?.[Symbol.asyncDispose]();
  await new Promise((resolve) => upstream.close(resolve));
});

const body = 'a line of text\n'.repeat(4000);
const post = (path: string) =>
  `POST http://plain.test${path} HTTP/1.1\r\nHost: plain.test\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** Sends all of a request, and leaves. */
async function sendAndLeave(): Promise<void> {
  const socket = await openSocket(sidecar.port);
  await new Promise((resolve) => socket.write(post('/leaves'), resolve));
  socket.destroy();
}

/** Leaves so many behind, of which the last was noticed. */
async function leave(count: number): Promise<void> {
  const events = sidecar.events.length;
  await Promise.all(Array.from({ length: count }, sendAndLeave));
  await sidecar.until(() => sidecar.events.length === events + count);
}

test('what waited for a busy upstream when its client left takes no memory, and never gets there', {
  timeout: 120_000,
}, async () => {
  const staying = await Promise.all(Array.from({ length: most }, () => openSocket(sidecar.port)));
  for (const socket of staying) socket.write(post('/stays'));
  expect(await standsStill(() => asked.length)).toBe(most);
  for (let round = 0; round < 3; round += 1) await leave(100);
  const before = sidecar.residentMemory();
  for (let round = 0; round < 15; round += 1) await leave(100);
  // The bodies of those 1,500 are 90 MB.
  expect(sidecar.residentMemory() - before).toBeLessThan(40 * 1024 ** 2);
  const last = askProxy(sidecar.port, post('/last'));
  for (const socket of unanswered) socket.destroy();
  expect((await last).status).toBe(200);
  expect(asked.filter((path) => path !== '/stays')).toEqual(['/last']);
  expect(connections).toBe(most + 1);
  for (const socket of staying) socket.destroy();
});
