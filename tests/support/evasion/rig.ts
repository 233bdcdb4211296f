import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { defaultDlp, type RouteDlp } from '../../../src/contract/route.js';
import { type Canary, startCanary } from '../canary.js';
import { openSocket, openTunnel, type RawAnswer, sendRaw } from '../raw-client.js';
import { routeTo } from '../routes.js';
import { type SidecarProcess, startSidecar } from '../sidecar-process.js';
import { createTestAuthority } from '../test-authority.js';
import type { Message } from './places.js';
import type { Received } from './reader.js';

/** Requests that go at the same time, each over connections and to hosts of its own. */
export const lanes = 4;

/** What came of the requests of one case. */
interface Sent {
  readonly answers: readonly RawAnswer[];
  readonly received: readonly Received[];
}

/** A sidecar between lanes of requests and a canary that keeps whatever reaches it. */
export interface EvasionRig extends AsyncDisposable {
  readonly sidecar: SidecarProcess;
  /** @param scanned false: by a route that nothing is scanned on */
  send(lane: number, scanned: boolean, messages: readonly Message[]): Promise<Sent>;
}

const hostOf = (lane: number, scanned: boolean, label: string): string =>
  label === ''
    ? `lane${lane}.${scanned ? 'scanned' : 'open'}.test`
    : `${label}.lane${lane}.${scanned ? 'scanned' : 'open'}-label.test`;

/** @param known the values that the bottle holds */
export async function startEvasionRig(known: readonly string[]): Promise<EvasionRig> {
  const authority = await createTestAuthority();
  const names = Array.from({ length: lanes }, (_, lane) => [
    hostOf(lane, true, ''),
    hostOf(lane, false, ''),
  ]).flat();
  const byLane = Array.from({ length: lanes }, (): Received[] => []);
  const listener = keepInto(byLane);
  const canary = await startCanary({ authority, names }, listener);
  const plain = await startCanary(null, listener);
  const scanned: RouteDlp = { ...defaultDlp, outboundOnMatch: 'block', inbound: [] };
  const open: RouteDlp = { ...scanned, outbound: [] };
  const tls = { certificateAuthority: authority.certificate };
  const sidecar = await startSidecar({
    routes: [
      ...names.map((host) =>
        routeTo(host, canary.port, { ...tls, dlp: host.includes('.open.') ? open : scanned }),
      ),
      routeTo('*.scanned-label.test', plain.port, { scheme: 'http', dlp: scanned }),
      routeTo('*.open-label.test', plain.port, { scheme: 'http', dlp: open }),
    ],
    secrets: Object.fromEntries(known.map((value, index) => [`KNOWN_${index}`, value])),
  });
  const connections = new Map<string, Socket | TLSSocket>();
  return {
    sidecar,
    async send(lane, isScanned, messages) {
      const answers: RawAnswer[] = [];
      for (const message of messages) {
        const host = hostOf(lane, isScanned, message.label);
        answers.push(
          await ask(sidecar, connections, `${lane} ${isScanned} ${message.label === ''}`, host, message),
        );
      }
      return { answers, received: (byLane[lane] ?? []).splice(0) };
    },
    async [Symbol.asyncDispose]() {
      for (const socket of connections.values()) socket.destroy();
      await sidecar[Symbol.asyncDispose]();
      for (const one of [canary, plain] satisfies Canary[]) await one[Symbol.asyncDispose]();
    },
  };
}

function keepInto(byLane: readonly Received[][]): RequestListener {
  return (request, response) => {
    const host = request.headers.host ?? '';
    const lane = Number(/lane(\d+)\./.exec(host)?.[1]);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    // Whatever came of a request that was broken off has come.
    request.once('close', () => {
      byLane[lane]?.push({
        host,
        target: request.url ?? '',
        headers: request.rawHeaders,
        body: Buffer.concat(chunks),
        trailers: request.rawTrailers,
      });
    });
    request.once('end', () => response.end('ok'));
  };
}

async function ask(
  sidecar: SidecarProcess,
  connections: Map<string, Socket | TLSSocket>,
  key: string,
  host: string,
  message: Message,
): Promise<RawAnswer> {
  const plain = message.label !== '';
  let socket = connections.get(key);
  if (!socket || socket.destroyed || !socket.writable || socket.readableEnded) {
    socket = plain ? await openSocket(sidecar.port) : await openTunnel({ ...sidecar, host });
    connections.set(key, socket);
  }
  const answer = await sendRaw(socket, bytesOf(message, host, plain ? `http://${host}` : ''));
  if (answer.status === 0 || answer.headers.get('connection') === 'close') {
    socket.destroy();
    connections.delete(key);
  }
  return answer;
}

/** The request as it goes on the wire. */
export function bytesOf(message: Message, host: string, origin: string): Buffer {
  const { method, target, headers, body, chunk, trailers = [] } = message;
  const lines = [`${method} ${origin}${target} HTTP/1.1`, `Host: ${host}`];
  for (let at = 0; at < headers.length; at += 2) lines.push(`${headers[at]}: ${headers[at + 1]}`);
  if (body && !chunk) lines.push(`Content-Length: ${body.length}`);
  if (body && chunk) lines.push('Transfer-Encoding: chunked');
  if (trailers.length > 0) lines.push(`Trailer: ${trailers[0]}`);
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  if (!body || !chunk) return body ? Buffer.concat([head, body]) : head;
  const parts: Buffer[] = [head];
  for (let at = 0; at < body.length; at += chunk) {
    const part = body.subarray(at, at + chunk);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  const last = trailers.length > 0 ? `${trailers[0]}: ${trailers[1]}\r\n` : '';
  return Buffer.concat([...parts, Buffer.from(`0\r\n${last}\r\n`, 'latin1')]);
}
