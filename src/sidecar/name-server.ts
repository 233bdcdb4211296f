import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import type { SidecarConfiguration } from '../contract/sidecar.js';
import {
  encodeAnswer,
  encodeProblem,
  largestQuery,
  parseQuery,
  recordTypes,
  responseCodes,
} from '../policy/dns-message.js';
import { canonicalHost } from '../policy/host.js';
import { findRoute, type RouteTable } from '../policy/routes.js';

/** Seconds that an answer may be kept. */
const lifetime = 60;
/** TCP connections at once, and milliseconds that one may be silent. */
const connectionLimit = 64;
const idleTimeout = 10_000;

export interface NameServer {
  readonly udp: DatagramSocket;
  readonly tcp: Server;
}

/**
 * The agent's only name server (law 4): a name that a route allows is at the sidecar, any other is not. It asks nobody,
 * so that nothing can be sent out in a name.
 */
export async function startNameServer(
  table: RouteTable,
  { host, port, answer }: NonNullable<SidecarConfiguration['resolver']>,
): Promise<NameServer> {
  const udp = createSocket('udp4');
  udp.on('message', (message, { address, port: from }) => {
    // No port, and no place to answer to; by connecting a socket anew while it sends, an agent can send from it.
    if (from === 0) return;
    const reply = replyTo(table, message, answer);
    // Nothing is kept for a client that can't be written to.
    if (reply) udp.send(reply, from, address, () => {});
  });
  const tcp = createServer((socket) => serveStream(table, socket, answer));
  tcp.maxConnections = connectionLimit;
  await Promise.all([
    // The listener stays: an error of one message or connection is none of the rest.
    new Promise<void>((resolve, reject) => {
      udp.on('error', reject);
      udp.bind(port, host, resolve);
    }),
    new Promise<void>((resolve, reject) => {
      tcp.on('error', reject);
      tcp.listen(port, host, resolve);
    }),
  ]);
  return { udp, tcp };
}

/** null: not worth an answer. */
function replyTo(table: RouteTable, message: Buffer, answer: string): Buffer | null {
  const parsed = parseQuery(message);
  if (parsed.kind === 'silence') return null;
  if (parsed.kind === 'wrong') return encodeProblem(parsed.id, parsed.code);
  const { query } = parsed;
  const host = canonicalHost(query.name);
  if (!host.ok || !findRoute(table, host.host)) {
    return encodeAnswer(query, responseCodes.nameError, null, lifetime);
  }
  return encodeAnswer(query, responseCodes.noError, query.type === recordTypes.A ? answer : null, lifetime);
}

/** RFC 7766: messages with their length before them, any number on one connection. */
function serveStream(table: RouteTable, socket: Socket, answer: string): void {
  let pending = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.setTimeout(idleTimeout, () => socket.destroy());
  socket.on('drain', () => socket.resume());
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2) {
      const length = pending.readUInt16BE(0);
      if (length > largestQuery) {
        socket.destroy();
        return;
      }
      if (pending.length < 2 + length) return;
      const reply = replyTo(table, pending.subarray(2, 2 + length), answer);
      pending = pending.subarray(2 + length);
      if (!reply) {
        socket.destroy();
        return;
      }
      const size = Buffer.alloc(2);
      size.writeUInt16BE(reply.length);
      // A client that doesn't read is not read from.
      if (!socket.write(Buffer.concat([size, reply]))) socket.pause();
    }
  });
}
