import type { TLSSocket } from 'node:tls';
import { openTunnel, type Tunnel } from './raw-client.js';

export interface LoadResult {
  readonly answered: number;
  /** Answers that were not 200, and connections that ended early. */
  readonly failed: number;
}

/** Keep-alive connections that send one small GET after another until so many are answered in all. */
export async function runLoad(
  tunnel: Tunnel,
  load: { readonly connections: number; readonly requests: number; readonly path: string },
): Promise<LoadResult> {
  const sockets: TLSSocket[] = [];
  // In groups: a listen queue is not what is being tested.
  while (sockets.length < load.connections) {
    const group = Math.min(50, load.connections - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: group }, () => openTunnel(tunnel)))));
  }
  const share = Math.floor(load.requests / load.connections);
  const request = Buffer.from(`GET ${load.path} HTTP/1.1\r\nHost: ${tunnel.host}\r\n\r\n`);
  const results = await Promise.all(sockets.map((socket) => ask(socket, request, share)));
  for (const socket of sockets) socket.destroy();
  const answered = results.reduce((sum, count) => sum + count, 0);
  return { answered, failed: share * load.connections - answered };
}

/** Resolves with how many of the requests were answered 200. */
function ask(socket: TLSSocket, request: Buffer, count: number): Promise<number> {
  return new Promise((resolve) => {
    let good = 0;
    let left = count;
    let pending = '';
    socket.on('data', (chunk: Buffer) => {
      pending += chunk.toString('latin1');
      const end = pending.indexOf('\r\n\r\n');
      if (end === -1) return;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(pending)?.[1] ?? 0);
      if (pending.length < end + 4 + length) return;
      if (pending.startsWith('HTTP/1.1 200')) good += 1;
      pending = '';
      left -= 1;
      if (left === 0) resolve(good);
      else socket.write(request);
    });
    socket.once('close', () => resolve(good));
    socket.write(request);
  });
}
