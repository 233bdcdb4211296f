import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { defaultDlp } from '../../../src/contract/route.js';
import { type Canary, startCanary } from '../../support/canary.js';
import { encodings } from '../../support/encodings.js';
import { files } from '../../support/evasion/files.js';
import { canRead } from '../../support/evasion/reader.js';
import { cleanValue, secretValues } from '../../support/evasion/values.js';
import { randomOf } from '../../support/fuzzing.js';
import { openTunnel } from '../../support/raw-client.js';
import { routeTo } from '../../support/routes.js';
import { type SidecarProcess, startSidecar } from '../../support/sidecar-process.js';
import { createTestAuthority } from '../../support/test-authority.js';

/** Other values with another seed in EVASION_SEED. */
const seed = Number(process.env['EVASION_SEED'] ?? 20_261_122);
const values = secretValues(randomOf(seed));

let upstream: Canary;
let server: WebSocketServer;
let sidecar: SidecarProcess;
let reached: Buffer[] = [];

beforeAll(async () => {
  const authority = await createTestAuthority();
  const hosts = ['scanned.test', 'open.test'];
  upstream = await startCanary({ authority, names: hosts });
  server = new WebSocketServer({ noServer: true });
  upstream.server.on('upgrade', (request, socket: Duplex, head) => {
    server.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => {});
      client.on('message', (data: Buffer) => {
        reached.push(data);
        client.send('got it');
      });
    });
  });
  const route = (host: string, outbound: [] | null) =>
    routeTo(host, upstream.port, {
      certificateAuthority: authority.certificate,
      dlp: { ...defaultDlp, outbound, inbound: [], outboundOnMatch: 'block' },
    });
  sidecar = await startSidecar({
    routes: [route('scanned.test', null), route('open.test', [])],
    secrets: { KNOWN: values[0]?.value ?? '' },
  });
});
afterAll(async () => {
  for (const client of server.clients) client.terminate();
  await sidecar?.[Symbol.asyncDispose]();
  await upstream?.[Symbol.asyncDispose]();
});

/** How a message is put into frames. */
const framings: Readonly<
  Record<string, { compress: boolean; send: (client: WebSocket, data: Buffer) => void }>
> = {
  'one frame': { compress: false, send: (client, data) => client.send(data) },
  'compressed frame': { compress: true, send: (client, data) => client.send(data) },
  'frames of nine bytes': {
    compress: false,
    send: (client, data) => {
      for (let at = 0; at < data.length; at += 9)
        client.send(data.subarray(at, at + 9), { fin: at + 9 >= data.length });
    },
  },
};

/** Sends one message; answers whether the upstream had it. */
async function send(host: string, framing: string, data: Buffer): Promise<'answered' | 'closed'> {
  const { compress, send: put } = framings[framing] as (typeof framings)[string];
  const secure = await openTunnel({ ...sidecar, host });
  const client = new WebSocket(`ws://${host}/`, {
    createConnection: () => secure,
    perMessageDeflate: compress && { threshold: 0 },
  });
  client.on('error', () => {});
  await once(client, 'open');
  const outcome = Promise.race([
    once(client, 'message').then(() => 'answered' as const),
    once(client, 'close').then(() => 'closed' as const),
  ]);
  put(client, data);
  const result = await outcome;
  client.terminate();
  return result;
}

const written = (encode: (value: string) => string | Buffer, value: string): Buffer =>
  Buffer.concat([Buffer.from('note: '), Buffer.from(encode(value)), Buffer.from('\nthe end\n')]);

describe.each(Object.keys(framings))('a WebSocket message in %s', (framing) => {
  const cases = [
    ...Object.entries(encodings).map(
      ([name, encode]) => [name, (value: string) => written(encode, value)] as const,
    ),
    ...Object.entries(files),
  ];

  test.each(values)('no $kind leaves in any encoding', async ({ kind, value, detector }) => {
    const wrong: string[] = [];
    for (const [name, make] of cases) {
      reached = [];
      const outcome = await send('scanned.test', framing, make(value));
      const received = { host: '', target: '/', headers: [], trailers: [], body: Buffer.concat(reached) };
      if (outcome === 'answered' || canRead([received], value, detector === 'known_secrets'))
        wrong.push(`${kind}, ${name} (seed ${seed})`);
    }
    expect(wrong).toEqual([]);
  });

  test('the same messages leave where nothing is scanned, clean ones where it is', async () => {
    const wrong: string[] = [];
    const value = values[1]?.value ?? '';
    for (const [name, make] of cases) {
      reached = [];
      if ((await send('open.test', framing, make(value))) !== 'answered')
        wrong.push(`${name} did not arrive`);
      const received = { host: '', target: '/', headers: [], trailers: [], body: Buffer.concat(reached) };
      if (!canRead([received], value, false)) wrong.push(`${name} can't be read`);
      if ((await send('scanned.test', framing, make(cleanValue(40)))) !== 'answered')
        wrong.push(`a clean ${name} did not arrive`);
    }
    expect(wrong).toEqual([]);
  });
});
