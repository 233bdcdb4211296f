import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { TLSSocket } from 'node:tls';
import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync,
} from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  get,
  heldSecret,
  type InspectionRig,
  post,
  postChunked,
  startInspectionRig,
} from '../support/inspection-rig.js';
import { shareInspectionRig } from '../support/inspection-suite.js';
import { needs } from '../support/needs.js';
import { openTunnel, readAnswer, refusalCode } from '../support/raw-client.js';
import { hasZstd, zstdCompress, zstdDecompress } from '../support/zstd.js';

let rig: InspectionRig;

shareInspectionRig((started) => {
  rig = started;
});

/** What came before in this file may still be told: only its own code counts. */
const refusedWith = (wanted: string) => rig.sidecar.event(({ code }) => code === wanted);
const encoded = (coding: string) => `Content-Encoding: ${coding}\r\n`;

/** Lines that shrink to a half: so many bytes of them stay over 1 MiB. */
const lines = (bytes: number): string =>
  randomBytes(Math.ceil((bytes * 3) / 8))
    .toString('hex')
    .replace(/.{48}/g, '$&, and on it goes\n')
    .slice(0, bytes);
const before = lines(3_000_000);
const after = lines(1_000_000);
const clean = Buffer.from(`${before}nothing of note\n${after}`);
const leaking = Buffer.from(`${before}the key is ${heldSecret}\n${after}`);
const covered = Buffer.from(leaking.toString().replace(heldSecret, '*'.repeat(heldSecret.length)));

interface Coder {
  readonly name: string;
  readonly encode: (bytes: Buffer) => Buffer;
  readonly decode: (bytes: Buffer) => Buffer;
}

const fast = { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } };
const coders: readonly Coder[] = [
  { name: 'gzip', encode: gzipSync, decode: gunzipSync },
  { name: 'deflate', encode: deflateSync, decode: inflateSync },
  { name: 'br', encode: (bytes) => brotliCompressSync(bytes, fast), decode: brotliDecompressSync },
  ...(hasZstd
    ? [{ name: 'zstd', encode: (bytes: Buffer) => zstdCompress(bytes), decode: zstdDecompress }]
    : []),
];

/** What can be read of a stream that may have no end. */
function readable(coding: string, body: Buffer): string {
  if (body.length === 0) return '';
  if (coding === 'br')
    return brotliDecompressSync(body, { finishFlush: constants.BROTLI_OPERATION_FLUSH }).toString('latin1');
  if (coding === 'zstd') {
    try {
      return zstdDecompress(body).toString('latin1');
    } catch (error) {
      return (error as { stdout: Buffer }).stdout.toString('latin1');
    }
  }
  const inflate = coding === 'gzip' ? gunzipSync : inflateSync;
  return inflate(body, { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1');
}

needs('zstd', hasZstd, 'the reference of Zstandard', () => {
  test('is among the codings', () => expect(coders.map(({ name }) => name)).toContain('zstd'));

  test('may ask for more memory than there is: that is refused, and said', async () => {
    const body = zstdCompress(clean, '--long=27');
    const answer = await rig.ask('block.test', post('block.test', body, encoded('zstd')));
    expect([answer.status, refusalCode(answer)]).toEqual([403, 'encoding-not-scannable']);
    expect(answer.body).toContain('a window over 8 MiB');
    expect(rig.arrivals.map(({ complete }) => complete)).not.toContain(true);
  });
});

describe.each(coders)('a long body in $name', ({ name, encode, decode }) => {
  const coded = { clean: encode(clean), leaking: encode(leaking) };

  test.each(['block.test', 'redact.test'])('arrives whole where it is clean, at %s', async (host) => {
    expect(coded.clean.length).toBeGreaterThan(1024 * 1024);
    for (const request of [
      post(host, coded.clean, encoded(name)),
      postChunked(host, coded.clean, 60_000, encoded(name)),
    ]) {
      rig.forget();
      expect((await rig.ask(host, request)).status).toBe(200);
      const [arrival] = rig.arrivals;
      expect(arrival?.complete).toBe(true);
      expect(decode(arrival?.body as Buffer).equals(clean)).toBe(true);
      expect(arrival?.headers.join('\n').toLowerCase()).toContain(`content-encoding\n${name}`);
    }
  });

  if (name === 'gzip' || name === 'zstd')
    test('goes byte for byte, under its own length', async () => {
      await rig.ask('block.test', post('block.test', coded.clean, encoded(name)));
      const [arrival] = rig.arrivals;
      expect(arrival?.body.equals(coded.clean)).toBe(true);
      expect(arrival?.headers).toContain(String(coded.clean.length));
    });

  test('is cut off before a value in it: what went out reads as what stood before', async () => {
    const answer = await rig.ask('block.test', post('block.test', coded.leaking, encoded(name)));
    expect([0, 403]).toContain(answer.status);
    expect(rig.arrivals.filter(({ complete }) => complete)).toEqual([]);
    const arrived = readable(name, Buffer.concat(rig.arrivals.map(({ body }) => body)));
    expect(arrived.length).toBeGreaterThan(before.length / 2);
    expect(`${before}the key is `.startsWith(arrived)).toBe(true);
    await refusedWith('secret-found');
  });

  test('is encoded anew with the value covered', async () => {
    const answer = await rig.ask('redact.test', post('redact.test', coded.leaking, encoded(name)));
    expect(answer.status).toBe(200);
    const [arrival] = rig.arrivals;
    expect(arrival?.complete).toBe(true);
    expect(decode(arrival?.body as Buffer).equals(covered)).toBe(true);
    expect(arrival?.headers.join('\n').toLowerCase()).not.toContain('content-length');
  });

  test('waits for the operator, and goes on where that is approved', async () => {
    const client = await openTunnel({ ...rig.sidecar, host: 'supervise.test' });
    const answer = readAnswer(client);
    client.write(post('supervise.test', coded.leaking, encoded(name)));
    const { id } = await rig.proposal(1);
    expect(rig.arrivals.map(({ complete }) => complete)).not.toContain(true);
    rig.sidecar.decide(id, 'approve-once');
    expect((await answer).status).toBe(200);
    expect(decode(rig.arrivals[0]?.body as Buffer).equals(leaking)).toBe(true);
    client.destroy();
  });

  test('is refused where it has no end, or one too early', async () => {
    for (const body of [coded.clean.subarray(0, -1), Buffer.concat([coded.clean, Buffer.from('more')])])
      for (const host of ['block.test', 'redact.test']) {
        rig.forget();
        const answer = await rig.ask(host, postChunked(host, body, 60_000, encoded(name)));
        expect([0, 403]).toContain(answer.status);
        expect(rig.arrivals.map(({ complete }) => complete)).not.toContain(true);
        await refusedWith('encoding-not-scannable');
      }
  });
});

test('a long body that waited goes, though the upstream ended its idle connection meanwhile', async () => {
  await using own = await startInspectionRig();
  const opened = once(own.canary.server, 'secureConnection') as Promise<[TLSSocket]>;
  expect((await own.ask('supervise.test', get('supervise.test', '/before'))).status).toBe(200);
  const [upstream] = await opened;
  const client = await openTunnel({ ...own.sidecar, host: 'supervise.test' });
  const answer = readAnswer(client);
  const body = Buffer.concat([Buffer.from(`the key is ${heldSecret}\n`), clean]);
  client.write(post('supervise.test', body));
  const { id } = await own.proposal(1);
  // It is closed once the other side has ended it too.
  upstream.end();
  await once(upstream, 'close');
  own.sidecar.decide(id, 'approve-once');
  expect((await answer).status).toBe(200);
  expect(own.arrivals.at(-1)?.body.equals(body)).toBe(true);
  client.destroy();
});

describe('a long body in gzip', () => {
  test.each([1, 9, 20, 28])(
    'does not bring a value whose letters stand in two of its blocks, from its byte %i on',
    async (cut) => {
      // Full flushes and stored blocks: the second block shows the rest of the value as it is.
      const stored = (text: string) => gzipSync(text, { level: 0 });
      const body = Buffer.concat([
        stored(before + heldSecret.slice(0, cut)),
        stored(`${heldSecret.slice(cut)}\n${after}`),
      ]);
      const answer = await rig.ask('block.test', postChunked('block.test', body, 7000, encoded('gzip')));
      expect([0, 403]).toContain(answer.status);
      expect(rig.arrivals.map(({ complete }) => complete)).not.toContain(true);
      const arrived = readable('gzip', Buffer.concat(rig.arrivals.map((one) => one.body)));
      expect(before.startsWith(arrived)).toBe(true);
    },
  );

  test('is looked at besides: the name in a header does not leave', async () => {
    const body = Buffer.concat([gzipSync(before), named(after, heldSecret)]);
    const answer = await rig.ask('block.test', post('block.test', body, encoded('gzip')));
    expect([0, 403]).toContain(answer.status);
    expect(rig.arrived()).not.toContain(heldSecret.slice(9));
    rig.forget();
    expect((await rig.ask('redact.test', post('redact.test', body, encoded('gzip')))).status).toBe(200);
    expect(gunzipSync(rig.arrivals[0]?.body as Buffer).toString()).toBe(before + after);
    expect(rig.arrived()).not.toContain(heldSecret.slice(9));
  });

  test('has no value in parts between the names in its headers', async () => {
    const body = Buffer.concat([
      gzipSync(before),
      ...(heldSecret.match(/.{1,6}/g) ?? []).map((part) => named(part, 'a name; ')),
      gzipSync(`\n${after}`),
    ]);
    const answer = await rig.ask('block.test', post('block.test', body, encoded('gzip')));
    expect([0, 403]).toContain(answer.status);
    expect(rig.arrivals.map(({ complete }) => complete)).not.toContain(true);
    const arrived = readable('gzip', Buffer.concat(rig.arrivals.map((one) => one.body)));
    expect(before.startsWith(arrived)).toBe(true);
  });

  test('is refused as too much work where it is in tiny members, and goes where they are small', async () => {
    const tiny = Buffer.concat(Array.from({ length: 53_000 }, () => gzipSync('a')));
    const answer = await rig.ask('block.test', postChunked('block.test', tiny, 60_000, encoded('gzip')));
    expect([answer.status, refusalCode(answer)]).toEqual([403, 'scan-over-budget']);
    expect(rig.arrivals).toEqual([]);
    const small = Buffer.concat(
      Array.from({ length: 3000 }, (_, at) => gzipSync(before.slice(at * 900, at * 900 + 900))),
    );
    expect(small.length).toBeGreaterThan(1024 * 1024);
    const sent = postChunked('block.test', small, 60_000, encoded('gzip'));
    expect((await rig.ask('block.test', sent)).status).toBe(200);
    expect(rig.arrivals[0]?.body.equals(small)).toBe(true);
  });

  test('goes as it is, names and all', async () => {
    const body = Buffer.concat([named(before, 'first.txt'), named(after, 'second.txt')]);
    expect((await rig.ask('block.test', post('block.test', body, encoded('gzip')))).status).toBe(200);
    expect(rig.arrivals[0]?.body.equals(body)).toBe(true);
  });

  test('as curl sends it is one', async () => {
    const body = execFileSync('gzip', ['-c'], { input: clean, maxBuffer: 1 << 26 });
    expect(
      (await rig.ask('block.test', postChunked('block.test', body, 16_384, encoded('x-gzip')))).status,
    ).toBe(200);
    expect(rig.arrivals[0]?.body.equals(body)).toBe(true);
  });

  test.each([
    ['a gigabyte in a megabyte', gzipSync(Buffer.alloc(1_100_000_000)), 'scan-over-budget'],
    ['a wrong checksum', withWrongChecksum(gzipSync(clean)), 'encoding-not-scannable'],
    [
      'nothing in two megabytes',
      Buffer.concat([
        gzipSync('').subarray(0, 10),
        Buffer.alloc(2_000_000, Buffer.from([0, 0, 0, 0xff, 0xff])),
      ]),
      'scan-over-budget',
    ],
  ])('is refused with %s', async (_name, body, code) => {
    const answer = await rig.ask('block.test', post('block.test', body, encoded('gzip')));
    expect([0, 403]).toContain(answer.status);
    expect(rig.arrivals.map(({ complete }) => complete)).not.toContain(true);
    await refusedWith(code);
  });
});

/** A member with a name in its header. */
function named(text: string, name: string): Buffer {
  const bytes = gzipSync(text);
  bytes[3] = 0x08;
  return Buffer.concat([bytes.subarray(0, 10), Buffer.from(`${name}\0`), bytes.subarray(10)]);
}

function withWrongChecksum(bytes: Buffer): Buffer {
  bytes.fill(0x41, bytes.length - 8, bytes.length - 4);
  return bytes;
}

test('a long body in bare deflate goes on in the format that is meant', async () => {
  const body = deflateRawSync(clean);
  expect((await rig.ask('block.test', post('block.test', body, encoded('deflate')))).status).toBe(200);
  expect(inflateSync(rig.arrivals[0]?.body as Buffer).equals(clean)).toBe(true);
});

test.each(['sdch', 'gzip, gzip', 'gzip, br'])('a long body in %s is refused', async (coding) => {
  const answer = await rig.ask('block.test', post('block.test', gzipSync(clean), encoded(coding)));
  expect([answer.status, refusalCode(answer)]).toEqual([403, 'encoding-not-scannable']);
  expect(rig.arrivals).toEqual([]);
});

describe('a refusal while the body is still being sent', () => {
  const refused = post('block.test', Buffer.alloc(24_000_000, 'text\n'), encoded('sdch'));

  test('reaches a client that reads nothing until all of it is sent', async () => {
    const client = await openTunnel({ ...rig.sidecar, host: 'block.test' });
    client.pause();
    await new Promise((resolve) => client.write(refused, resolve));
    const reading = readAnswer(client);
    client.resume();
    const answer = await reading;
    expect([answer.status, refusalCode(answer)]).toEqual([403, 'encoding-not-scannable']);
    expect(answer.headers.get('connection')).toBe('close');
    client.destroy();
  });

  test.each([
    ['a request', get('block.test', '/after')],
    ['a request for a WebSocket', upgrade('websocket')],
    ['an upgrade', upgrade('other')],
    ['thousands of requests', get('block.test', '/after').repeat(20_000)],
    ['no HTTP', '\r\nGET\0'.repeat(1000)],
  ])('is the last: nothing of %s behind the body is looked at', async (_name, behind) => {
    const client = await openTunnel({ ...rig.sidecar, host: 'block.test' });
    client.allowHalfOpen = true;
    const reading = readAnswer(client);
    client.write(refused.subarray(0, -1000));
    expect((await reading).status).toBe(403);
    client.end(Buffer.concat([refused.subarray(-1000), Buffer.from(behind)]));
    client.resume();
    if (!client.closed) await once(client, 'close');
    expect((await rig.ask('block.test', get('block.test', '/next'))).status).toBe(200);
    const seen = () => rig.sidecar.events.flatMap(({ way, path }) => (way === 'connect' ? [] : [path]));
    await rig.sidecar.until(() => seen().includes('/next'));
    expect(seen()).toEqual(['/in', '/next']);
    expect(rig.arrivals.map(({ line }) => line)).toEqual(['GET /next']);
  });
});

function upgrade(protocol: string): string {
  return get('block.test', '/after', `Connection: Upgrade\r\nUpgrade: ${protocol}\r\n`);
}

describe('a client that leaves a long upload takes its proposal away', () => {
  const rest = 7_000_000;
  test.each([
    ['a value in its midst', post('supervise.test', `${before}${heldSecret}\n${'text\n'.repeat(rest / 5)}`)],
    [
      'a value in gzip in its midst',
      post('supervise.test', gzipSync(`${before}${heldSecret}\n${lines(rest)}`), encoded('gzip')),
    ],
    ['a value in a header', post('supervise.test', 'text\n'.repeat(rest / 5), `X-Note: ${heldSecret}\r\n`)],
  ])('with %s', async (_name, request) => {
    const client = await openTunnel({ ...rig.sidecar, host: 'supervise.test' });
    await new Promise((resolve) => client.write(request, resolve));
    const { id } = await rig.proposal(1);
    client.destroy();
    await rig.sidecar.until(() => rig.ends().length === 1);
    expect(rig.ends()).toMatchObject([{ proposal: id, outcome: 'client-left' }]);
    expect(rig.arrived()).not.toContain(heldSecret.slice(9));
    expect((await rig.ask('block.test', get('block.test', '/next'))).status).toBe(200);
  });

  test('and what was read ahead goes on in order where it is approved', async () => {
    const text = `${before}${heldSecret}\n${lines(rest)}`;
    const client = await openTunnel({ ...rig.sidecar, host: 'supervise.test' });
    const answer = readAnswer(client);
    await new Promise((resolve) => client.write(post('supervise.test', text), resolve));
    rig.sidecar.decide((await rig.proposal(1)).id, 'approve-once');
    expect((await answer).status).toBe(200);
    expect(rig.arrivals[0]?.body.equals(Buffer.from(text))).toBe(true);
    client.destroy();
  });
});

const letters = 'ghjkmnpqrstvwxyz';

test('values that were approved are not asked about again where a step of the scan ends behind one', async () => {
  // Of other letters than the lines: those have no piece of one by chance.
  const value = () =>
    `vault-${randomBytes(15)
      .toString('hex')
      .replace(/./g, (digit) => letters[parseInt(digit, 16)] ?? '')}`;
  const values = Array.from({ length: 300 }, (_, at) => [`KEY_${at}`, value()] as const);
  await using own = await startInspectionRig({ secrets: Object.fromEntries(values) });
  const body = before + values.map(([, held]) => `${held}\n${lines(200)}\n`).join('') + after;
  let approved = 0;
  const approveAll = () => {
    for (const { id } of own.proposals().slice(approved)) own.sidecar.decide(id, 'approve-once');
    approved = own.proposals().length;
    return false;
  };
  void own.sidecar.until(approveAll);
  expect((await own.ask('supervise.test', post('supervise.test', body))).status).toBe(200);
  expect(own.arrivals[0]?.body.equals(Buffer.from(body))).toBe(true);
  expect(approved).toBeGreaterThan(1);
  expect(own.proposals().filter(({ snippet }) => snippet?.includes('several requests'))).toEqual([]);
});
