import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { freePorts } from '../support/free-ports.js';
import { askProxy, openSocket, sendRaw } from '../support/raw-client.js';
import { startSidecar } from '../support/sidecar-process.js';

const limit = 1024;
const request = 'GET / HTTP/1.1\r\nHost: elsewhere.test\r\nConnection: close\r\n\r\n';

it('the proxy and the transparent ports take no more connections together than one of them may', async () => {
  const [https = 0, http = 0] = await freePorts(2);
  await using sidecar = await startSidecar({ transparent: { host: '127.0.0.1', https, http } });
  const ports = [sidecar.port, https, http];
  const sockets: Socket[] = [];
  for (let count = 0; count < limit; count += 1)
    sockets.push(await openSocket(ports[count % ports.length] ?? 0));
  try {
    for (const port of ports) {
      const beyond = await openSocket(port);
      expect((await sendRaw(beyond, request)).status).toBe(0);
    }
    const [first] = sockets;
    first?.end(request);
    if (first) await once(first.resume(), 'close');
    expect((await askProxy(http, request)).status).toBe(403);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});
