import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer } from 'node:tls';
import { afterEach, expect, it } from 'vitest';
import { importScript } from '../support/scripts.js';

interface Measured {
  readonly latencies: Float64Array;
  readonly errors: number;
}

const { requests } = await importScript<{
  requests: (job: object, target: object) => Promise<Measured>;
}>('bench/proxy/load/jobs/requests.mjs');
const certificates = await importScript<{
  makeAuthority: (name: string) => Promise<{ certificate: string }>;
  makeLeaf: (authority: object, names: readonly string[]) => Promise<{ cert: string; key: string }>;
}>('bench/shared/certificates.mjs');

const host = 'known.bench.test';
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<number> {
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Answers every request. What leads to it resets the first connection once it is secured, and lets others begin only then. */
async function startServer() {
  const authority = await certificates.makeAuthority('load');
  const leaf = await certificates.makeLeaf(authority, [host]);
  const accepted: Socket[] = [];
  const secure = createTlsServer(leaf, (socket) => {
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
    socket.on('error', () => {});
    if (accepted[0]?.destroyed === false) {
      accepted[0].resetAndDestroy();
      for (const later of accepted.slice(1)) relay(later);
    }
  });
  const securePort = await listen(secure);
  const relay = (socket: Socket) => {
    const onward = connect(securePort, '127.0.0.1').on('error', () => {});
    socket
      .on('error', () => {})
      .pipe(onward)
      .pipe(socket);
  };
  const front = createServer((socket) => {
    accepted.push(socket);
    if (socket === accepted[0] || accepted[0]?.destroyed) relay(socket);
  });
  const context = createSecureContext({ ca: authority.certificate });
  return { proxyPort: null, authorityPort: await listen(front), context };
}

it('a connection that ends while the others are opened costs no more than itself', async () => {
  const job = { connections: 2, host, method: 'GET', path: '/small', seconds: 0.05, warmUp: 0.01 };
  const { latencies } = await requests(job, await startServer());
  expect(latencies.length).toBeGreaterThan(0);
});
