import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Proposal, ProposalEnd } from '../../src/contract/proposal.js';
import { type Canary, startCanary } from '../support/canary.js';
import { secretValues } from '../support/evasion/values.js';
import { randomOf } from '../support/fuzzing.js';
import { ownTransparent } from '../support/own-address.js';
import { buildProgram } from '../support/program.js';
import { openSocket, openTunnel, readAnswer, sendRaw } from '../support/raw-client.js';
import { routeTo } from '../support/routes.js';
import { type SidecarProcess, startSidecar } from '../support/sidecar-process.js';
import { createTestAuthority } from '../support/test-authority.js';

let secure: Canary;
let plain: Canary;
let sidecar: SidecarProcess;
let transparent = ownTransparent();
let token = '';

async function start(nodeOptions: readonly string[] = []): Promise<void> {
  transparent = ownTransparent();
  const authority = await createTestAuthority();
  secure = await startCanary({ authority, names: ['tls.test'] });
  plain = await startCanary(null);
  secure.server.on('upgrade', (request, socket) => {
    secure.requests.push({ line: `${request.method} ${request.url}`, headers: request.rawHeaders });
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    // A text frame for each that comes.
    socket.on('data', () => socket.write('\x81\x02ok', 'latin1')).on('error', () => socket.destroy());
  });
  sidecar = await startSidecar(
    {
      routes: [
        routeTo('tls.test', secure.port, { certificateAuthority: authority.certificate }),
        routeTo('plain.test', plain.port, { scheme: 'http' }),
      ],
      transparent,
    },
    nodeOptions,
  );
}

beforeEach(() => {
  const values = secretValues(randomOf(randomInt(2 ** 31)));
  token = values.find(({ kind }) => kind === 'npm token')?.value ?? '';
});
afterEach(async () => {
  await sidecar?.[Symbol.asyncDispose]();
  await secure[Symbol.asyncDispose]();
  await plain[Symbol.asyncDispose]();
});

const proposals = (): Proposal[] =>
  sidecar.messages.flatMap((message) => (message.type === 'proposal' ? [message.proposal] : []));
const ends = (): ProposalEnd[] =>
  sidecar.messages.flatMap((message) => (message.type === 'proposal-ended' ? [message.end] : []));

async function openTransparentTls(): Promise<Socket> {
  const socket = connectTls({
    port: transparent.https,
    host: transparent.host,
    servername: 'tls.test',
    ca: sidecar.certificate,
    ALPNProtocols: ['http/1.1'],
  });
  await once(socket, 'secureConnect');
  return socket.on('error', () => {});
}

const longBody = 2 * 1024 * 1024;
const words = 'The function reads a line and adds up its numbers. ';
const text = (length: number) => words.repeat(Math.ceil(length / words.length)).slice(0, length);
const post = (path: string, host: string, target = path) =>
  `POST ${target} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${token.length}\r\n\r\n${token}`;
/** The first with the token in it, and then less than is read ahead: who leaves is noticed on a socket that is read. */
const longParts = () => {
  const first = `${text(longBody / 2)} ${token} ${text(20_000)}`;
  return [first, text(longBody - first.length)] as const;
};
const proxied = () => openSocket(sidecar.port);
const tunnel = () => openTunnel({ ...sidecar, host: 'tls.test' });

interface Way {
  readonly open: () => Promise<Socket>;
  /** In front of a path: what this way's clients ask for. */
  readonly base?: string;
  readonly host: string;
  readonly request: (path: string) => string;
  /** Sent once it was approved. */
  readonly rest?: () => string;
  readonly status?: number;
  /** Its beginning is let out before the finding. */
  readonly begun?: true;
}

const ways: Readonly<Record<string, Way>> = {
  'plain HTTP': {
    open: proxied,
    base: 'http://plain.test',
    host: 'plain.test',
    request: (path) => post(path, 'plain.test', `http://plain.test${path}`),
  },
  TLS: { open: tunnel, host: 'tls.test', request: (path) => post(path, 'tls.test') },
  'transparent TLS': {
    open: openTransparentTls,
    host: 'tls.test',
    request: (path) => post(path, 'tls.test'),
  },
  'transparent plain HTTP': {
    open: () => openSocket(transparent.http, transparent.host),
    host: 'plain.test',
    request: (path) => post(path, 'plain.test'),
  },
  'a WebSocket upgrade': {
    open: tunnel,
    host: 'tls.test',
    request: (path) => upgrade(`${path}?key=${token}`),
    status: 101,
  },
  'a request whose body is still on its way': {
    open: tunnel,
    host: 'tls.test',
    request: (path) =>
      `POST ${path} HTTP/1.1\r\nHost: tls.test\r\nX-Key: ${token}\r\nContent-Length: ${longBody}\r\n\r\n${text(1000)}`,
    rest: () => text(longBody - 1000),
  },
  'a long body, in its midst': {
    open: tunnel,
    host: 'tls.test',
    request: (path) =>
      `POST ${path} HTTP/1.1\r\nHost: tls.test\r\nContent-Length: ${longBody}\r\n\r\n${longParts()[0]}`,
    rest: () => longParts()[1],
    begun: true,
  },
};
const names = Object.keys(ways);

const upgrade = (target: string) =>
  `GET ${target} HTTP/1.1\r\nHost: tls.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** RFC 6455, 5.2; a mask of zeros leaves the text as it is. */
const textFrame = (text: string) =>
  Buffer.from(`\x81${String.fromCharCode(0x80 | text.length)}\0\0\0\0${text}`, 'latin1');

async function openWebSocket(): Promise<Socket> {
  const socket = await tunnel();
  expect((await sendRaw(socket, upgrade('/messages'))).status).toBe(101);
  return socket;
}

/** On a connection that was used before, so that what is set between requests is set. */
async function openUsed({ open, base = '', host }: Way): Promise<Socket> {
  const socket = await open();
  const answer = await sendRaw(socket, `GET ${base}/before HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  expect(answer.status).toBe(200);
  return socket;
}

const arrivedAt = (path: string) =>
  [...secure.requests, ...plain.requests].filter(({ line }) => line.split(' ')[1]?.startsWith(path));

describe('a held request outlives every time-out for idle connections and whole requests', () => {
  test('by each way in, longer than Node gives a request by itself', async () => {
    await using program = await buildProgram('short-timeouts');
    await start(['--import', program.file]);
    const clients = await Promise.all(Object.values(ways).map(openUsed));
    const answers = clients.map((client, index) =>
      sendRaw(client, ways[names[index] ?? '']?.request(`/held-${index}`) ?? ''),
    );
    const webSocket = await openWebSocket();
    webSocket.write(textFrame(token));
    await sidecar.until(() => proposals().length === names.length + 1);

    // Each of these runs into a time-out of its own; the last is Node's for a request, 300 s.
    const control = connect(join(dirname(program.file), 'control.sock'));
    const late = readAnswer(control);
    control.write('POST / HTTP/1.1\r\nHost: control\r\nContent-Length: 9\r\n\r\nhalf');
    const unfinished = sendRaw(await proxied(), 'GET http://plain.test/ HTTP/1.1\r\nHost: pl');
    const idle = await openUsed(ways['plain HTTP'] as Way);
    const handshake = await proxied();
    await sendRaw(handshake, 'CONNECT tls.test:443 HTTP/1.1\r\nHost: tls.test:443\r\n\r\n');
    await Promise.all([once(idle, 'close'), once(handshake, 'close')]);
    expect((await unfinished).status).toBe(400);
    expect((await late).status).toBe(408);

    expect(ends()).toEqual([]);
    expect(
      [...clients, webSocket].map(({ destroyed, readableEnded }) => destroyed || readableEnded),
    ).not.toContain(true);
    const message = once(webSocket, 'data');
    for (const { id } of proposals()) sidecar.decide(id, 'approve-once');
    for (const [index, name] of names.entries()) clients[index]?.write(ways[name]?.rest?.() ?? '');
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(Object.fromEntries(names.map((name, index) => [name, statuses[index]]))).toEqual(
      Object.fromEntries(names.map((name) => [name, ways[name]?.status ?? 200])),
    );
    for (const index of names.keys()) expect(arrivedAt(`/held-${index}`)).toHaveLength(1);
    expect(String(await message.then(([bytes]) => bytes))).toContain('ok');
    for (const client of [...clients, webSocket]) client.destroy();
  });
});

describe('a client that leaves takes its finding away', () => {
  test.each(names)('%s', async (name) => {
    const way = ways[name] as Way;
    await start();
    const client = await openUsed(way);
    client.write(way.request('/left'));
    await sidecar.until(() => proposals().length === 1);
    client.destroy();
    await sidecar.until(() => ends().length === 1);
    expect(ends()).toMatchObject([{ proposal: proposals()[0]?.id, outcome: 'client-left', decision: null }]);
    sidecar.decide(proposals()[0]?.id ?? '', 'approve-once');
    const event = await sidecar.event(({ path }) => path === '/left');
    expect(event).toMatchObject({ verdict: 'refused', code: 'held-client-left' });
    // The sidecar goes on, and what is asked later is asked anew.
    const next = await way.open();
    next.write(way.request('/next'));
    await sidecar.until(() => proposals().length === 2);
    next.destroy();
    await sidecar.until(() => ends().length === 2);
    expect(arrivedAt('/left')).toHaveLength(way.begun ? 1 : 0);
  });
});
