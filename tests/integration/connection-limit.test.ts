import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { ownTransparent } from '../support/own-address.js';
import { askProxy, openSocket, sendRaw } from '../support/raw-client.js';
import { startSidecar } from '../support/sidecar-process.js';

const limit = 1024;
const request = 'GET / HTTP/1.1\r\nHost: elsewhere.test\r\nConnection: close\r\n\r\n';

it('the proxy and the transparent ports take no more connections together than one of them may', async () => {
  const transparent = ownTransparent();
  const { host, https, http } = transparent;
  await using sidecar = await startSidecar({ transparent });
  const ways: [number, string][] = [
    [sidecar.port, '127.0.0.1'],
    [https, host],
    [http, host],
  ];
  const open = (index: number) => openSocket(...(ways[index % ways.length] ?? [0, '']));
  const sockets: Socket[] = [];
  for (let count = 0; count < limit; count += 1) sockets.push(await open(count));
  try {
    for (const index of ways.keys()) {
      const beyond = await open(index);
      expect((await sendRaw(beyond, request)).status).toBe(0);
    }
    const [first] = sockets;
    first?.end(request);
    if (first) await once(first.resume(), 'close');
    expect((await askProxy(http, request, host)).status).toBe(403);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});
