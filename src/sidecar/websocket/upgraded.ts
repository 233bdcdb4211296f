import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Refusal } from '../../contract/refusal.js';
import { finalRefusal } from '../../policy/refusals.js';
import { refuse } from '../answer.js';
import type { Exchange } from '../exchange.js';
import { reserveText } from '../inbound/answer.js';
import { headerOf, scrubHeaders } from '../inbound/answer-headers.js';
import type { Inspection } from '../inbound/inspection.js';
import { recordFinding } from '../inbound/response-policy.js';
import { noBody } from '../request-body.js';
import { inboundMessages } from './inbound-messages.js';
import type { MessageInspector } from './inspector.js';
import { joinWebSocket } from './join.js';

export interface Upgraded {
  readonly exchange: Exchange;
  /** Looks at what the upstream sends; null: nothing does. */
  readonly inspection: Inspection | null;
  /** Looks at what the client sends; null: nothing does. */
  readonly outbound: MessageInspector | null;
  readonly client: Socket;
  readonly upstream: Duplex;
  /** Bytes that came from the client after its request. */
  readonly early: Buffer;
}

const extensions = 'sec-websocket-extensions';

/**
 * Takes off what the client offers (RFC 6455, 9): without extensions no message is compressed (RFC 7692), no bit of a
 * frame means more than its own standard says, and all can be looked at.
 *
 * @param headers names and values in turn, changed in place
 */
export function withoutExtensions(headers: string[]): void {
  for (let index = headers.length - 2; index >= 0; index -= 2)
    if (headers[index]?.toLowerCase() === extensions) headers.splice(index, 2);
}

/** Sends the upstream's 101 on and joins both sides, looked at or as they are; the end of one is the end of the other. */
export function joinUpgraded(
  upgraded: Upgraded,
  answer: { readonly status: number; readonly headers: readonly string[] },
): void {
  const { exchange, inspection, outbound, client, upstream, early } = upgraded;
  const looked = inspection !== null || outbound !== null;
  const { response } = exchange;
  if (looked && headerOf(answer.headers, extensions) !== null) {
    upstream.destroy();
    exchange.failed = true;
    refuse(
      exchange,
      finalRefusal('upstream-protocol', 'the upstream wants an extension that nobody offered'),
      true,
    );
    return;
  }
  let sent = 0;
  exchange.body = { ...noBody, size: () => sent };
  const onSent = (bytes: number) => {
    sent += bytes;
  };
  const onReceived = (bytes: number) => {
    exchange.received += bytes;
  };
  response.statusCode = 101;
  response.detachSocket(client);
  client.setTimeout(0);
  if (client.destroyed) {
    upstream.destroy();
    exchange.settle();
    return;
  }
  client.write(switchingHead(answer.status, scrubbed(upgraded, answer.headers)), 'latin1');
  let stopped = false;
  if (!looked) joinBytes(client, upstream, early, onSent, onReceived);
  else
    joinWebSocket({
      client,
      upstream,
      early,
      outbound: outbound ?? asTheyCome,
      inbound: inboundMessages(exchange, inspection),
      onSent,
      onReceived,
      reserve: reserveText(exchange),
      onStopped: (refusal) => {
        stopped = true;
        noteStop(exchange, refusal);
      },
    });
  upstream.on('error', () => client.destroy());
  // Where we end it both get to read why.
  upstream.once('close', () => stopped || client.destroySoon());
  client.once('close', () => {
    if (!stopped) upstream.destroy();
    exchange.settle();
  });
}

function noteStop(exchange: Exchange, refusal: Refusal | null): void {
  exchange.refusal = refusal;
  exchange.code ??= refusal?.code ?? 'malformed-frame';
}

/** For a direction that nothing looks at: still message by message, because the other one is. */
const asTheyCome: MessageInspector = {
  whole: 64 * 1024,
  message: (payload) => payload,
  control: (payload) => payload,
  stream: () => ({ push: (piece) => piece, end: () => Buffer.alloc(0) }),
};

function scrubbed({ exchange, inspection }: Upgraded, headers: readonly string[]): readonly string[] {
  if (!inspection?.secrets) return headers;
  return scrubHeaders(inspection.secrets, headers, (finding) =>
    recordFinding(exchange, finding, 'header', 'redacted'),
  );
}

function switchingHead(status: number, headers: readonly string[]): string {
  let text = `HTTP/1.1 ${status} Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n`;
  for (let index = 0; index < headers.length; index += 2) {
    const line = `${headers[index]}: ${headers[index + 1]}`;
    if (!/[\r\n\0]/.test(line)) text += `${line}\r\n`;
  }
  return `${text}\r\n`;
}

function joinBytes(
  client: Socket,
  upstream: Duplex,
  early: Buffer,
  onSent: (bytes: number) => void,
  onReceived: (bytes: number) => void,
): void {
  upstream.on('data', (chunk: Buffer) => onReceived(chunk.length));
  client.on('data', (chunk: Buffer) => onSent(chunk.length));
  onSent(early.length);
  if (early.length > 0) upstream.write(early);
  client.pipe(upstream);
  upstream.pipe(client);
}
