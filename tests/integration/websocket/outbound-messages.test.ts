import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { Proposal } from '../../../src/contract/proposal.js';
import type { RouteDlp } from '../../../src/contract/route.js';
import { type Canary, startCanary } from '../../support/canary.js';
import { encodings } from '../../support/encodings.js';
import { openTunnel } from '../../support/raw-client.js';
import { routeTo } from '../../support/routes.js';
import { type SidecarProcess, startSidecar } from '../../support/sidecar-process.js';
import { createTestAuthority } from '../../support/test-authority.js';

const secret = 'xoPq7-4f0d8a66b1c7KmZt92Lw';

let upstream: Canary;
let server: WebSocketServer;
let sidecar: SidecarProcess;
/** All that reached the upstream, in order: messages, and the payloads of control frames. */
const reached: string[] = [];

beforeAll(async () => {
  const authority = await createTestAuthority();
  const hosts = ['block.test', 'redact.test', 'supervise.test', 'off.test'];
  upstream = await startCanary({ authority, names: hosts });
  server = new WebSocketServer({ noServer: true, maxPayload: 100_000_000 });
  upstream.server.on('upgrade', (request, socket: Duplex, head) => {
    server.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => {});
      client.on('message', (data) => {
        reached.push(String(data));
        client.send('got it');
      });
      client.on('ping', (data) => reached.push(`ping ${data}`));
      client.on('close', (_code, reason) => {
        if (reason.length > 0) reached.push(`close ${reason}`);
      });
    });
  });
  const route = (host: string, dlp: Partial<RouteDlp>) =>
    routeTo(host, upstream.port, {
      certificateAuthority: authority.certificate,
      dlp: { outbound: null, inbound: [], outboundOnMatch: 'block', inboundOnMatch: 'block', ...dlp },
    });
  sidecar = await startSidecar({
    routes: [
      route('block.test', {}),
      route('redact.test', { outboundOnMatch: 'redact' }),
      route('supervise.test', { outboundOnMatch: 'supervise' }),
      route('off.test', { outbound: [] }),
    ],
    secrets: { TOKEN: secret },
  });
});
afterAll(async () => {
  for (const client of server.clients) client.terminate();
  await sidecar?.[Symbol.asyncDispose]();
  await upstream?.[Symbol.asyncDispose]();
});
beforeEach(() => {
  reached.length = 0;
});

async function open(host: string): Promise<WebSocket> {
  const secure = await openTunnel({ ...sidecar, host });
  const client = new WebSocket(`ws://${host}/`, { createConnection: () => secure, perMessageDeflate: true });
  client.on('error', () => {});
  await once(client, 'open');
  return client;
}

const gotIt = (client: WebSocket) => once(client, 'message');

async function expectCut(client: WebSocket): Promise<string> {
  const [code, reason] = (await once(client, 'close')) as [number, Buffer];
  expect(code).toBe(1008);
  expect(reached.join('')).not.toContain(secret.slice(0, 12));
  return String(reason);
}

const inPieces = /^two /;

describe('a message with a known value', () => {
  test.each(Object.keys(encodings).filter((name) => !inPieces.test(name)))(
    'ends the connection on both sides: %s',
    async (encoding) => {
      const client = await open('block.test');
      client.send('before it');
      await gotIt(client);
      const gone = once([...server.clients].at(-1) as WebSocket, 'close');
      const form = Buffer.from(encodings[encoding]?.(secret) ?? '');
      client.send(Buffer.concat([Buffer.from('{"a":"'), form, Buffer.from('"}')]));
      expect(await expectCut(client)).toMatch(/^secret-found: known_secrets found TOKEN/);
      expect(reached.filter((text) => !text.startsWith('close'))).toEqual(['before it']);
      expect((await gone)[0]).toBe(1008);
    },
  );

  test('is told in the event', async () => {
    const client = await open('block.test');
    client.send(`text ${secret}`);
    await once(client, 'close');
    const event = await sidecar.event(({ way, code }) => way === 'upgrade' && code === 'secret-found');
    expect(event).toMatchObject({
      verdict: 'refused',
      status: 101,
      finding: { direction: 'outbound', detector: 'known_secrets', rule: 'TOKEN', place: 'frame' },
    });
    expect(sidecar.output()).not.toContain(secret);
  });

  test('is found over fragments, a byte in each', async () => {
    const client = await open('block.test');
    const text = `text ${secret} and more`;
    for (let at = 0; at < text.length; at += 1)
      client.send(text.slice(at, at + 1), { fin: at === text.length - 1 });
    await expectCut(client);
    expect(reached.filter((one) => !one.startsWith('close'))).toEqual([]);
  });

  test('is found over messages', async () => {
    const client = await open('block.test');
    for (let at = 0; at < secret.length; at += 9) client.send(`{"part":"${secret.slice(at, at + 9)}"}`);
    await expectCut(client);
    expect(reached.join('').replaceAll(/\W|part/g, '')).not.toContain(secret.replaceAll('-', ''));
  });

  test('is found over pings', async () => {
    const client = await open('block.test');
    for (let at = 0; at < secret.length; at += 9) client.ping(secret.slice(at, at + 9));
    await expectCut(client);
    expect(reached.join('').replaceAll(/\W|ping/g, '')).not.toContain(secret.replaceAll('-', ''));
  });

  test('is found in a message that is too long to be held, wherever it stands', async () => {
    const line = 'a line of ordinary text, and then another one.\n';
    for (const before of [0, 30_000, 60_000]) {
      const client = await open('block.test');
      client.send(`${line.repeat(before)}${secret}${line.repeat(60_000 - before)}`);
      await expectCut(client);
    }
  });

  test('is found in a long message that goes on byte by byte, which otherwise arrives as it is', async () => {
    const line = 'a line of ordinary text, and then another one.\n';
    const send = (client: WebSocket, end: string) => {
      client.send(line.repeat(30_000), { fin: false });
      for (let at = 0; at < end.length; at += 1)
        client.send(end.slice(at, at + 1), { fin: at === end.length - 1 });
    };
    const end = line.repeat(1000);
    const clean = await open('block.test');
    send(clean, end);
    await gotIt(clean);
    expect(reached.filter((one) => !one.startsWith('close'))).toEqual([line.repeat(30_000) + end]);
    clean.terminate();
    const client = await open('block.test');
    send(client, `${end}${secret}\n${end}`);
    await expectCut(client);
  });

  test.each([
    ['a ping', (client: WebSocket) => client.ping(secret)],
    ['a pong', (client: WebSocket) => client.pong(secret)],
    ['the reason of a close', (client: WebSocket) => client.close(4000, secret)],
  ])('is found in %s', async (_name, send) => {
    const client = await open('block.test');
    const gone = once([...server.clients].at(-1) as WebSocket, 'close');
    send(client);
    await gone;
    expect(reached.join('')).not.toContain(secret.slice(0, 8));
    client.terminate();
  });
});

describe('by the route’s policy', () => {
  test('it is covered, and all else goes on', async () => {
    const client = await open('redact.test');
    client.send(JSON.stringify({ token: secret, note: 'kept' }));
    await gotIt(client);
    expect(reached).toEqual([JSON.stringify({ token: '*'.repeat(secret.length), note: 'kept' })]);
    const line = 'a line of ordinary text, and then another one.\n';
    const long = `${line.repeat(40_000)}${secret}\n${line.repeat(10)}`;
    client.send(long);
    await gotIt(client);
    expect(reached[1]).toBe(long.replace(secret, '*'.repeat(secret.length)));
    client.terminate();
  });

  test('it goes on as it is where the route does not look', async () => {
    const client = await open('off.test');
    client.send(secret);
    await gotIt(client);
    expect(reached).toEqual([secret]);
    client.terminate();
  });

  const proposals = (): Proposal[] =>
    sidecar.messages.flatMap((message) => (message.type === 'proposal' ? [message.proposal] : []));

  test('it waits for the operator, what comes after it too, while pings pass', async () => {
    const count = proposals().length;
    const client = await open('supervise.test');
    client.send(`first ${secret}`);
    client.send('second');
    await sidecar.until(() => proposals().length > count);
    client.ping('still there');
    await once(client, 'pong');
    expect(reached).toEqual(['ping still there']);
    const proposal = proposals()[count] as Proposal;
    expect(proposal).toMatchObject({ kind: 'finding', detector: 'known_secrets' });
    expect(proposal.snippet).not.toContain(secret);
    sidecar.decide(proposal.id, 'approve-once');
    while (reached.length < 3) await gotIt(client);
    expect(reached.slice(1)).toEqual([`first ${secret}`, 'second']);
    client.terminate();
  });

  test('a No ends the connection with the operator’s answer', async () => {
    const count = proposals().length;
    const client = await open('supervise.test');
    client.send(secret);
    await sidecar.until(() => proposals().length > count);
    sidecar.decide((proposals()[count] as Proposal).id, 'deny');
    expect(await expectCut(client)).toMatch(/^held-denied: /);
  });

  test('a client that leaves takes its proposal away', async () => {
    const count = proposals().length;
    const client = await open('supervise.test');
    client.send(secret);
    await sidecar.until(() => proposals().length > count);
    const { id } = proposals()[count] as Proposal;
    client.terminate();
    await sidecar.until((messages) =>
      messages.some((message) => message.type === 'proposal-ended' && message.end.proposal === id),
    );
    expect(reached.join('')).not.toContain(secret);
  });
});
