import { createServer, type Server, type ServerOptions } from 'node:http';
import type { Server as NetServer, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { nestedConnect, parserOptions, unparsedRefusal } from '../policy/unparsed.js';
import { writeRefusal } from './answer.js';
import { handleRequest } from './exchange.js';
import { connectionOf, connections, type Gate, newConnection, remember } from './gate.js';
import { IncomingRequest } from './incoming-request.js';
import { recordUnparsed } from './record-exchange.js';
import { handleConnect } from './tunnel.js';
import { handleUpgrade } from './upgrade.js';

/** Client connections at once, by whichever way they came; each with its upstream's holds some 250 kB. */
const connectionLimit = 1024;

/** Holds several listeners to the one limit: what is beyond it is closed. Answers what closes them, with every connection. */
export function limitTogether(servers: readonly NetServer[]): () => void {
  const open = new Set<Socket>();
  for (const server of servers) {
    server.on('connection', (socket: Socket) => {
      if (open.size >= connectionLimit) {
        socket.destroy();
        return;
      }
      open.add(socket);
      socket.once('close', () => open.delete(socket));
    });
  }
  return () => {
    for (const server of servers) server.close();
    for (const socket of open) socket.destroy();
  };
}

const options: ServerOptions<typeof IncomingRequest> = {
  ...parserOptions,
  IncomingMessage: IncomingRequest,
  /** Milliseconds for a request's headers, so that a client can't hold connections open by sending slowly. */
  headersTimeout: 30_000,
  /** None for the whole request: a hold may last minutes, an upload hours. */
  requestTimeout: 0,
  /** Milliseconds between requests; above what clients' pools use, so that they close first. */
  keepAliveTimeout: 120_000,
  connectionsCheckingInterval: 5000,
  noDelay: true,
};

/**
 * Two servers: the outer one speaks the proxy's protocol with the client, the inner one what comes out of the
 * intercepted TLS and by transparent ways. Only the outer one listens; the inner one is handed its connections.
 */
export function createProxyServers(gate: Gate): { readonly outer: Server; readonly inner: Server } {
  const inner = createServer(options);
  const outer = createServer(options);
  for (const server of [inner, outer]) {
    // Node drops headers beyond this count in silence; the size alone bounds them here.
    server.maxHeadersCount = 0;
    server.timeout = 0;
    server.on('request', (request, response) => handleRequest(gate, request, response, 'nothing'));
    server.on('checkContinue', (request, response) => handleRequest(gate, request, response, 'continue'));
    server.on('checkExpectation', (request, response) => handleRequest(gate, request, response, 'other'));
    server.on('upgrade', (request, socket, head) => handleUpgrade(gate, request, socket as Socket, head));
    server.on('clientError', (error, socket) => refuseUnparsed(gate, error, socket));
  }
  outer.on('connection', (socket) => remember(socket, newConnection('plain', null, null)));
  outer.on('connect', (request, socket, head) => handleConnect(gate, inner, request, socket as Socket, head));
  inner.on('connect', (request, socket) => {
    const { host, inFlight } = connectionOf(request.socket);
    recordUnparsed(gate, socket, nestedConnect, host ?? '', 'CONNECT');
    socket.on('error', () => socket.destroy());
    // It would be taken for the answer to a request before it.
    if (inFlight > 0) socket.destroy();
    else writeRefusal(socket, nestedConnect);
  });
  // A server that never listens would not watch its header time-outs.
  inner.emit('listening');
  return { outer, inner };
}

/** What Node's parser refuses gets an answer too, if nothing else is being written to that connection. */
function refuseUnparsed(gate: Gate, error: NodeJS.ErrnoException, socket: Duplex): void {
  const connection = connections.get(socket);
  // The parser goes on complaining about every further byte while the answer is being read.
  if (connection?.ended) return;
  if (!connection || connection.inFlight > 0 || error.code === 'ECONNRESET' || error.code === 'EPIPE') {
    socket.destroy();
    return;
  }
  const refusal = unparsedRefusal(String(error.code ?? ''));
  connection.ended = true;
  recordUnparsed(gate, socket, refusal, connection.host ?? '', '');
  writeRefusal(socket, refusal);
}
