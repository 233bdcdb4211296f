import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { detachedBody } from '../../src/sidecar/detached-body.js';
import { IncomingRequest } from '../../src/sidecar/incoming-request.js';
import { get, heldSecret, type InspectionRig } from '../support/inspection-rig.js';
import { shareInspectionRig } from '../support/inspection-suite.js';
import { openTunnel, readAnswer, refusalCode } from '../support/raw-client.js';

let rig: InspectionRig;

shareInspectionRig((started) => {
  rig = started;
});

const head = (host: string, path = '/in') =>
  `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n`;

/** Letters that no two neighbouring blocks share. */
const letters = (count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, index) => 0x61 + ((index >> 4) % 7) + (index % 11)));

/** Each byte in a chunk of its own. */
async function sendByByte(socket: Socket, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; at += 10_000) {
    const chunks = Array.from(
      bytes.subarray(at, at + 10_000),
      (byte) => `1\r\n${String.fromCharCode(byte)}\r\n`,
    );
    if (!socket.write(chunks.join(''))) await once(socket, 'drain');
  }
}

/** Bytes that the sidecar came to take meanwhile. */
async function memoryOf(work: () => Promise<void>): Promise<number> {
  const before = rig.sidecar.residentMemory();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, rig.sidecar.residentMemory());
  }, 20);
  await work().finally(() => clearInterval(watch));
  return most - before;
}

test('a long body byte by byte takes little memory, stops nobody, and arrives as it is', async () => {
  expect((await rig.ask('block.test', get('block.test', '/warm'))).status).toBe(200);
  const body = letters(1_100_000);
  const socket = await openTunnel({ ...rig.sidecar, host: 'block.test' });
  const taken = await memoryOf(async () => {
    socket.write(head('block.test'));
    await sendByByte(socket, body);
    expect((await rig.ask('block.test', get('block.test', '/meanwhile'))).status).toBe(200);
    const answer = readAnswer(socket);
    socket.write('0\r\n\r\n');
    expect((await answer).status).toBe(200);
  });
  expect(taken).toBeLessThan(150_000_000);
  const arrival = rig.arrivals.find(({ line }) => line === 'POST /in');
  expect([arrival?.complete, arrival?.body.equals(body)]).toEqual([true, true]);
  socket.destroy();
}, 60_000);

test('one that is held is read on byte by byte, and takes little memory', async () => {
  const socket = await openTunnel({ ...rig.sidecar, host: 'supervise.test' });
  const taken = await memoryOf(async () => {
    socket.write(head('supervise.test', `/${heldSecret}`));
    await sendByByte(socket, letters(1_600_000));
    const answer = readAnswer(socket);
    rig.sidecar.decide((await rig.proposal(1)).id, 'deny');
    expect(refusalCode(await answer)).toBe('held-denied');
  });
  expect(taken).toBeLessThan(150_000_000);
  expect(rig.arrivals).toEqual([]);
  socket.destroy();
}, 60_000);

test('what is sent after an upgrade that is held takes little memory, byte by byte', async () => {
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  const sockets = await Promise.all(
    Array.from({ length: 4 }, () => openTunnel({ ...rig.sidecar, host: 'supervise.test' })),
  );
  for (const socket of sockets) socket.write(get('supervise.test', `/${heldSecret}`, upgrade + key));
  await rig.proposal(sockets.length);
  const taken = await memoryOf(async () => {
    for (const socket of sockets) {
      // A record of TLS each, and a chunk for the sidecar.
      for (let count = 0; count < 60_000; count += 1)
        await new Promise((resolve) => socket.write('a', resolve));
    }
  });
  expect(taken).toBeLessThan(50_000_000);
  for (const socket of sockets) socket.destroy();
  await rig.sidecar.until(() => rig.ends().length === sockets.length);
  expect(rig.arrivals).toEqual([]);
}, 60_000);

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

/** A request whose body is yet to come, and the socket that it comes on. */
async function openRequest(): Promise<{ request: IncomingRequest; socket: Socket }> {
  const server = createServer({ IncomingMessage: IncomingRequest });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  opened.push({
    close() {
      socket.destroy();
      server.close();
    },
  });
  socket.on('error', () => {});
  socket.write(head('any.test'));
  const [request] = (await once(server, 'request')) as [IncomingRequest];
  return { request, socket };
}

test.each([true, false])('what came before someone reads is put together (read ahead: %s)', async (ahead) => {
  const { request, socket } = await openRequest();
  let received = 0;
  const body = detachedBody(request, ahead, (bytes) => {
    received += bytes;
  });
  const bytes = letters(300_000);
  const sent = sendByByte(socket, bytes).then(() => socket.write('0\r\n\r\n'));
  // Until the parser was told to stop, or all is there.
  while (!request.socket.isPaused()) await turn();
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece);
  await sent;
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  expect(received).toBe(bytes.length);
  expect(pieces.length).toBeLessThan(3000);
});

test('pieces that are worth it go on as they came, small ones between them in their order', async () => {
  const { request, socket } = await openRequest();
  const parts = [3, 9000, 1, 1, 70_000, 2, 40_000, 5].map((size, index) => Buffer.alloc(size, 0x61 + index));
  const body = detachedBody(request, false, () => {});
  for (const part of parts) socket.write(`${part.length.toString(16)}\r\n${part}\r\n`);
  socket.write('0\r\n\r\n');
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece);
  expect(Buffer.concat(pieces).equals(Buffer.concat(parts))).toBe(true);
});

test('of a stream that nobody wants any more the rest is read off', async () => {
  const { request, socket } = await openRequest();
  const body = detachedBody(request, false, () => {});
  const ended = once(request, 'end');
  const sent = sendByByte(socket, letters(200_000)).then(() => socket.write('0\r\n\r\n'));
  await once(body, 'readable');
  body.destroy();
  await Promise.all([sent, ended]);
  expect(request.complete).toBe(true);
});

test('a client that leaves in the midst is told to who reads', async () => {
  const { request, socket } = await openRequest();
  const body = detachedBody(request, true, () => {});
  socket.write('1\r\na\r\n', () => socket.destroy());
  await expect(body.toArray()).rejects.toThrow(/aborted|the client left/);
});
