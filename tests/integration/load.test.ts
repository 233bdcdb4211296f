import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { type Canary, startCanary } from '../support/canary.js';
import { runLoad } from '../support/load-client.js';
import { askInside, openTunnel } from '../support/raw-client.js';
import { routeTo } from '../support/routes.js';
import { type SidecarProcess, startSidecar } from '../support/sidecar-process.js';
import { standsStill } from '../support/stands-still.js';
import { createTestAuthority } from '../support/test-authority.js';

const gigabyte = 1024 ** 3;
const allowance = 64 * 1024 ** 2;
const chunk = Buffer.alloc(64 * 1024, 'a line of what is sent\n');

const sent = { bytes: 0 };
const uploads: IncomingMessage[] = [];

function sendGigabyte(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': String(gigabyte) });
  sent.bytes = 0;
  const more = () => {
    while (sent.bytes < gigabyte) {
      sent.bytes += chunk.length;
      if (!response.write(chunk)) {
        response.once('drain', more);
        return;
      }
    }
    response.end();
  };
  more();
}

const listener: RequestListener = (request, response) => {
  if (request.url === '/large') return sendGigabyte(response);
  if (request.url === '/upload') {
    // Not read until the test says so.
    uploads.push(request);
    return;
  }
  request.resume();
  response.end('small');
};

let sidecar: SidecarProcess;

/** A fresh process a test: what one left behind must not hide what the next one needs. */
async function withSidecar(run: (start: number, canary: Canary) => Promise<void>): Promise<void> {
  const authority = await createTestAuthority();
  await using canary = await startCanary({ authority, names: ['allowed.test'] }, listener);
  await using fresh = await startSidecar({
    routes: [routeTo('allowed.test', canary.port, { certificateAuthority: authority.certificate })],
  });
  sidecar = fresh;
  // Everything loaded and compiled once.
  await askInside({ ...sidecar, host: 'allowed.test' }, 'GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n');
  await run(sidecar.residentMemory(), canary);
}

describe('memory stays bounded', () => {
  test('through a download of 1 GB to a reader that stops', { timeout: 120_000 }, async () => {
    await withSidecar(async (start) => {
      const secure: TLSSocket = await openTunnel({ ...sidecar, host: 'allowed.test' });
      let received = 0;
      let peak = start;
      secure.on('data', (data: Buffer) => {
        received += data.length;
        if (received % 50_000_000 < data.length) peak = Math.max(peak, sidecar.residentMemory());
      });
      secure.write('GET /large HTTP/1.1\r\nHost: allowed.test\r\nConnection: close\r\n\r\n');
      await once(secure, 'data');
      secure.pause();
      expect(await standsStill(() => sent.bytes)).toBeLessThan(gigabyte / 10);
      expect(sidecar.residentMemory() - start).toBeLessThan(allowance);
      secure.resume();
      await once(secure, 'end');
      expect(received).toBeGreaterThan(gigabyte);
      console.log(`download: start ${mebi(start)} MB, peak ${mebi(peak)} MB`);
      expect(peak - start).toBeLessThan(allowance);
    });
  });

  test('through an upload of 1 GB to an upstream that stops', { timeout: 120_000 }, async () => {
    await withSidecar(async (start) => {
      const secure: TLSSocket = await openTunnel({ ...sidecar, host: 'allowed.test' });
      let written = 0;
      const feed = () => {
        while (written < gigabyte) {
          written += chunk.length;
          if (!secure.write(chunk)) {
            secure.once('drain', feed);
            return;
          }
        }
      };
      secure.write(`POST /upload HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: ${gigabyte}\r\n\r\n`);
      feed();
      expect(await standsStill(() => written)).toBeLessThan(gigabyte / 10);
      expect(sidecar.residentMemory() - start).toBeLessThan(allowance);
      const upload = uploads.pop();
      if (!upload) throw new Error('no upload arrived');
      let arrived = 0;
      let peak = sidecar.residentMemory();
      upload.on('data', (data: Buffer) => {
        arrived += data.length;
        if (arrived % 50_000_000 < data.length) peak = Math.max(peak, sidecar.residentMemory());
      });
      await once(upload, 'end');
      expect(arrived).toBe(gigabyte);
      console.log(`upload: start ${mebi(start)} MB, peak ${mebi(peak)} MB`);
      expect(peak - start).toBeLessThan(allowance);
      secure.destroy();
    });
  });
});

test('400 connections that send ahead hold few bodies and upstream connections', {
  timeout: 60_000,
}, async () => {
  await withSidecar(async (start, canary) => {
    const body = 'a line of text\n'.repeat(4000);
    const request = `POST /upload HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const sockets: TLSSocket[] = [];
    while (sockets.length < 400) {
      const group = Array.from({ length: 50 }, () => openTunnel({ ...sidecar, host: 'allowed.test' }));
      sockets.push(...(await Promise.all(group)));
    }
    const tunnels = sidecar.residentMemory();
    for (const socket of sockets) socket.write(request.repeat(8));
    // One request went out before, to warm up.
    const forwarded = await standsStill(() => canary.requests.length);
    const last = sidecar.residentMemory();
    console.log(`sent ahead: start ${mebi(start)} MB, tunnels ${mebi(tunnels)} MB, then ${mebi(last)} MB`);
    for (const socket of sockets) socket.destroy();
    uploads.length = 0;
    expect(forwarded).toBe(65);
    expect(canary.connections()).toBeLessThanOrEqual(65);
    // Each of the 400 holds what Node read ahead; every body of the 3,200 and its connection would be thrice this.
    expect(last - tunnels).toBeLessThan(5 * allowance);
  });
});

test('500 connections and 50,000 requests without an error', { timeout: 120_000 }, async () => {
  await withSidecar(async (start) => {
    const tunnel = { ...sidecar, host: 'allowed.test' };
    const result = await runLoad(tunnel, { connections: 500, requests: 50_000, path: '/small' });
    expect(result).toEqual({ answered: 50_000, failed: 0 });
    const after = sidecar.residentMemory();
    const again = await runLoad(tunnel, { connections: 500, requests: 50_000, path: '/small' });
    expect(again.failed).toBe(0);
    const last = sidecar.residentMemory();
    console.log(`500 connections: start ${mebi(start)} MB, then ${mebi(after)} MB, then ${mebi(last)} MB`);
    expect(last).toBeLessThan(512 * 1024 ** 2);
    expect(last - after).toBeLessThan(allowance);
  });
});

function mebi(bytes: number): number {
  return Math.round(bytes / 1024 ** 2);
}
