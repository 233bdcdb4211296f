import type { ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  type Refusal,
  refusalBody,
  refusalStatus,
  verdictHeader,
  verdictValue,
} from '../contract/refusal.js';
import type { Exchange } from './exchange.js';

/** Sends a refusal, or where an answer has begun cuts the connection: half an answer must not look like a whole one. */
export function refuse(exchange: Exchange, refusal: Refusal, close: boolean): void {
  const { response } = exchange;
  exchange.code ??= refusal.code;
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  if (close && !response.req.complete) {
    exchange.connection.ended = true;
    closeInPeace(response);
  }
  answerRefusal(response, refusal, close);
}

/** The answer to a request that was held and not let go; what is left of its body is not read. */
export function refuseHeld(exchange: Exchange): void {
  const { refusal, response, request } = exchange;
  if (refusal) refuse(exchange, refusal, !request.complete);
  else response.destroy();
}

/** Answers a request with a refusal. @param close the connection is of no more use after it */
function answerRefusal(response: ServerResponse, refusal: Refusal, close: boolean): void {
  const body = Buffer.from(refusalBody(refusal));
  response.writeHead(refusalStatus[refusal.code], [
    'content-type',
    'application/json',
    'content-length',
    String(body.length),
    'cache-control',
    'no-store',
    verdictHeader,
    verdictValue(refusal.code),
    ...(close ? ['connection', 'close'] : []),
  ]);
  response.end(body);
}

/** Milliseconds that a client gets to read a last answer while it is still sending. */
const lingering = 2000;

/** Closing with unread bytes resets the connection, and the answer may be lost with it: for a while they are read off. */
function readOff(socket: Duplex): void {
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), lingering);
  socket.once('close', () => clearTimeout(timer));
}

/** Node closes a connection as soon as its last answer is written, whatever of the request is still to come. */
function closeInPeace({ socket, req: request }: ServerResponse): void {
  if (!socket) return;
  // Whoever reads the body gets no more of it, and not its end.
  request.removeAllListeners('data').removeAllListeners('end').resume();
  socket.destroySoon = () => {
    // Where someone else listens Node takes its parser off the connection: nothing behind this is a request any more.
    socket.on('data', () => {});
    socket.removeAllListeners('data');
    socket.end();
    readOff(socket);
  };
}

/** The same where there is no parsed request to answer; the connection ends with it. */
export function writeRefusal(socket: Duplex, refusal: Refusal): void {
  if (socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = refusalBody(refusal);
  const status = refusalStatus[refusal.code];
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\ncache-control: no-store\r\n` +
      `${verdictHeader}: ${verdictValue(refusal.code)}\r\nconnection: close\r\n\r\n${body}`,
  );
  readOff(socket);
}
