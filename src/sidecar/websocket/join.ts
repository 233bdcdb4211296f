import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Refusal } from '../../contract/refusal.js';
import { createDirection, type Ending } from './direction.js';
import { encodeClose } from './frame-writer.js';
import type { MessageInspector } from './inspector.js';

export interface Joined {
  readonly client: Socket;
  readonly upstream: Duplex;
  /** Bytes that came from the client already. */
  readonly early: Buffer;
  readonly outbound: MessageInspector;
  readonly inbound: MessageInspector;
  readonly onSent: (bytes: number) => void;
  readonly onReceived: (bytes: number) => void;
  readonly reserve: (bytes: number) => boolean;
  /** Why neither side may go on; null: one of them broke the protocol. */
  readonly onStopped: (refusal: Refusal | null) => void;
}

/** Milliseconds that each side gets to read why it ends. */
const lingering = 1000;

/** Joins both sides of a WebSocket, message by message, at the pace of the slower one. */
export function joinWebSocket(parts: Joined): void {
  const { client, upstream, reserve } = parts;
  let ended = false;
  const end = (code: number, reason: string, refusal: Refusal | null) => {
    if (ended) return;
    ended = true;
    sent.stop();
    received.stop();
    parts.onStopped(refusal);
    finish(client, encodeClose(code, reason, false));
    finish(upstream, encodeClose(code, reason, true));
  };
  const ending: Ending = {
    close: end,
    fail: () => end(1011, 'the connection could not be looked at', null),
  };
  const sent = createDirection({
    from: client,
    to: upstream,
    fromClient: true,
    inspector: parts.outbound,
    ending,
    onBytes: parts.onSent,
    reserve,
  });
  const received = createDirection({
    from: upstream,
    to: client,
    fromClient: false,
    inspector: parts.inbound,
    ending,
    onBytes: parts.onReceived,
    reserve,
  });
  client.once('close', () => {
    sent.stop();
    received.stop();
  });
  // Who ends before the answer came doesn't want it.
  client.once('end', () => (sent.waits() ? client.destroy() : sent.end()));
  upstream.once('end', () => received.end());
  if (parts.early.length > 0) sent.push(parts.early);
  client.on('data', (chunk: Buffer) => sent.push(chunk));
  upstream.on('data', (chunk: Buffer) => received.push(chunk));
  // Who read ahead has paused it.
  if (!sent.waits()) client.resume();
  upstream.resume();
}

/** The last frame, and then the end; what the other side still sends is read off, or it might not read that frame. */
function finish(socket: Duplex, frame: Buffer): void {
  if (socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), lingering);
  socket.once('close', () => clearTimeout(timer));
  socket.end(frame);
  socket.resume();
}
