import { expect, test } from 'vitest';
import type { InspectionRig } from '../support/inspection-rig.js';
import { shareInspectionRig } from '../support/inspection-suite.js';
import { longZstd, zstdEnd } from '../support/long-zstd.js';
import { openTunnel, readAnswer } from '../support/raw-client.js';

let rig: InspectionRig;

shareInspectionRig((started) => {
  rig = started;
});

const head =
  'POST /in HTTP/1.1\r\nHost: block.test\r\nContent-Encoding: zstd\r\n' +
  `Content-Length: ${longZstd.length + zstdEnd.length}\r\n\r\n`;

test('what decoders keep is bounded for all bodies together, and given back', async () => {
  const clients = await Promise.all(
    Array.from({ length: 10 }, () => openTunnel({ ...rig.sidecar, host: 'block.test' })),
  );
  for (const client of clients) {
    client.write(head);
    client.write(longZstd);
  }
  await rig.sidecar.event(({ code }) => code === 'too-many-connections');
  for (const client of clients) client.destroy();
  await rig.sidecar.until(
    () => rig.sidecar.events.filter(({ method }) => method === 'POST').length === clients.length,
  );
  rig.forget();
  const client = await openTunnel({ ...rig.sidecar, host: 'block.test' });
  const answer = readAnswer(client);
  for (const part of [head, longZstd, zstdEnd]) client.write(part);
  expect((await answer).status).toBe(200);
  expect(rig.arrivals[0]?.body.equals(Buffer.concat([longZstd, zstdEnd]))).toBe(true);
  client.destroy();
}, 60_000);
