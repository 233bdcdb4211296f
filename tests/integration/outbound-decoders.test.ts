import { expect, test } from 'vitest';
import type { InspectionRig } from '../support/inspection-rig.js';
import { shareInspectionRig } from '../support/inspection-suite.js';
import { openTunnel, readAnswer } from '../support/raw-client.js';

let rig: InspectionRig;

shareInspectionRig((started) => {
  rig = started;
});

const longestBlock = 128 * 1024;

/** A block of Zstandard (RFC 8878, 3.1.1.2): bytes as they are, or one byte so many times. */
function block(kind: 'raw' | 'same', bytes: Buffer, length: number, last = false): Buffer {
  const head = Buffer.alloc(3);
  head.writeUIntLE((length << 3) | ((kind === 'raw' ? 0 : 1) << 1) | (last ? 1 : 0), 0, 3);
  return Buffer.concat([head, bytes]);
}

/** A mebibyte that becomes seventeen, of which a reader has to keep eight. */
const frame = Buffer.concat([
  Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 13 << 3]),
  ...Array.from({ length: 9 }, () =>
    block('raw', Buffer.alloc(longestBlock, 'words of text\n'), longestBlock),
  ),
  ...Array.from({ length: 130 }, () => block('same', Buffer.from(' '), longestBlock)),
]);
const end = block('raw', Buffer.alloc(0), 0, true);
const head =
  'POST /in HTTP/1.1\r\nHost: block.test\r\nContent-Encoding: zstd\r\n' +
  `Content-Length: ${frame.length + end.length}\r\n\r\n`;

test('what decoders keep is bounded for all bodies together, and given back', async () => {
  const clients = await Promise.all(
    Array.from({ length: 10 }, () => openTunnel({ ...rig.sidecar, host: 'block.test' })),
  );
  for (const client of clients) {
    client.write(head);
    client.write(frame);
  }
  await rig.sidecar.event(({ code }) => code === 'too-many-connections');
  for (const client of clients) client.destroy();
  await rig.sidecar.until(
    () => rig.sidecar.events.filter(({ method }) => method === 'POST').length === clients.length,
  );
  rig.forget();
  const client = await openTunnel({ ...rig.sidecar, host: 'block.test' });
  const answer = readAnswer(client);
  for (const part of [head, frame, end]) client.write(part);
  expect((await answer).status).toBe(200);
  expect(rig.arrivals[0]?.body.equals(Buffer.concat([frame, end]))).toBe(true);
  client.destroy();
}, 60_000);
