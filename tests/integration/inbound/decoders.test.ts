import { expect, test } from 'vitest';
import { startCanary } from '../../support/canary.js';
import { longZstd, zstdEnd } from '../../support/long-zstd.js';
import { openTunnel, readToEnd } from '../../support/raw-client.js';
import { routeTo } from '../../support/routes.js';
import { startSidecar } from '../../support/sidecar-process.js';
import { createTestAuthority } from '../../support/test-authority.js';

const get = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\nHost: allowed.test\r\n${headers}\r\n`;

test('what decoders keep is bounded for all answers together, and given back', async () => {
  const authority = await createTestAuthority();
  await using upstream = await startCanary({ authority, names: ['allowed.test'] }, (request, response) => {
    response.writeHead(200, { 'content-type': 'image/png', 'content-encoding': 'zstd' });
    response.write(longZstd);
    if (request.url === '/whole') response.end(zstdEnd);
  });
  await using sidecar = await startSidecar({
    routes: [routeTo('allowed.test', upstream.port, { certificateAuthority: authority.certificate })],
    secrets: { TOKEN: 'xoPq7-4f0d8a66b1c7KmZt92Lw' },
  });
  const tunnel = { ...sidecar, host: 'allowed.test' };
  const clients = await Promise.all(Array.from({ length: 10 }, () => openTunnel(tunnel)));
  for (const client of clients) client.resume().write(get('/stops'));
  const { status } = await sidecar.event(({ path, code }) => path === '/stops' && code !== null);
  expect([200, 502]).toContain(status);
  for (const client of clients) client.destroy();
  await sidecar.until(() => sidecar.events.filter(({ path }) => path === '/stops').length === clients.length);
  const client = await openTunnel(tunnel);
  const text = readToEnd(client);
  client.write(get('/whole', 'Connection: close\r\n'));
  expect(await text).toMatch(/^HTTP\/1\.1 200 .*words of text.*\r\n0\r\n\r\n$/s);
}, 60_000);
