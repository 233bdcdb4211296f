import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import Docker from 'dockerode';
import { expect, test } from 'vitest';
import { bootSidecar, endSidecar } from '../../../src/backends/docker/session.js';
import type { DecisionEvent } from '../../../src/contract/event.js';
import { openSidecar } from '../../../src/host/sidecar-session.js';
import { askProxy } from '../../support/raw-client.js';
import { configurationOf, spawnSidecar } from '../../support/sidecar-process.js';

/** What a frame's header says of a container's standard output (Engine API, ContainerAttach). */
function frame(chunk: Buffer): Buffer {
  const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(chunk.length, 4);
  return Buffer.concat([header, chunk]);
}

/** The two calls of an engine that a sidecar's talk needs, with the real sidecar as the container's program. */
async function startEngine() {
  const child = spawnSidecar();
  let port = 0;
  const server = createServer({}, (_request, response) => response.writeHead(204).end());
  server.on('upgrade', (_request, socket: Duplex) => {
    (socket as Socket).allowHalfOpen = true;
    socket.on('error', () => {});
    socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n');
    if (child.stdin) socket.pipe(child.stdin);
    child.stdout?.on('data', (chunk: Buffer) => {
      port ||= Number(/"port":(\d+)/.exec(String(chunk))?.[1] ?? 0);
      socket.write(frame(chunk));
    });
    child.stdout?.once('end', () => socket.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const docker = new Docker({
    protocol: 'http',
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
  });
  return {
    container: docker.getContainer('sidecar'),
    port: () => port,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('what a container’s sidecar says at its end is read before the end is passed on', async () => {
  for (let round = 0; round < 5; round += 1) {
    await using engine = await startEngine();
    const streams = await bootSidecar(engine.container, new AbortController().signal);
    const events: DecisionEvent[] = [];
    const { closed } = await openSidecar(streams, configurationOf({}), (event) => events.push(event));
    const { status } = await askProxy(engine.port(), 'CONNECT no.test:443 HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(status).toBe(403);
    await endSidecar(streams, closed);
    expect(events).toMatchObject([{ host: 'no.test', code: 'host-not-allowed' }]);
  }
});
