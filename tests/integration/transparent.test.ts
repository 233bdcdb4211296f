import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { expect, it } from 'vitest';
import { ownTransparent } from '../support/own-address.js';
import { askProxy, openSocket } from '../support/raw-client.js';
import { startSidecar } from '../support/sidecar-process.js';

it('a transparent handshake that names no server, or is none, has its event', async () => {
  const transparent = ownTransparent();
  const { host, https } = transparent;
  await using sidecar = await startSidecar({ transparent });
  // Says nothing, and is not told of.
  (await openSocket(https, host)).destroy();
  const nameless = connectTls({ port: https, host, rejectUnauthorized: false });
  await once(nameless, 'error');
  await askProxy(https, 'GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n', host);
  await sidecar.event(({ code }) => code === 'tls-expected');
  const told = sidecar.events.map(({ way, verdict, code }) => [way, verdict, code]);
  expect(told).toEqual([
    ['transparent', 'refused', 'sni-mismatch'],
    ['transparent', 'refused', 'tls-expected'],
  ]);
});
