import { randomBytes } from 'node:crypto';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { zstdRawFrame } from '../../src/policy/message/zstd/raw-frame.js';
import { get, heldSecret, type InspectionRig, post, postChunked } from '../support/inspection-rig.js';
import { shareInspectionRig } from '../support/inspection-suite.js';
import { needs } from '../support/needs.js';
import { openTunnel, readAnswer, refusalCode, sendRaw } from '../support/raw-client.js';
import { hasZstd, zstdCompress, zstdDecompress } from '../support/zstd.js';

let rig: InspectionRig;

shareInspectionRig((started) => {
  rig = started;
});

const encoded = (coding: string) => `Content-Encoding: ${coding}\r\n`;
const note = Buffer.from(`{"note":"it is ${heldSecret}"}`);

test('a body that must be scanned whole is not let out in pieces for want of room', async () => {
  const hoarders = await Promise.all(
    Array.from({ length: 16 }, () => openTunnel({ ...rig.sidecar, host: 'block.test' })),
  );
  const head = 'POST /in HTTP/1.1\r\nHost: block.test\r\n';
  for (const socket of hoarders) socket.write(`${head}Content-Length: ${1024 * 1024}\r\n\r\n`);
  const parts = Buffer.from(
    JSON.stringify({ a: `ghp_x9Kd2LmQ7vRt4WnBx9`, b: 'Kd2LmQ7vRt4WnBx9Kd', c: 'word '.repeat(20_000) }),
  );
  const small = Buffer.from(`{"a":"ghp_x9Kd2LmQ7vRt4WnBx9","b":"Kd2LmQ7vRt4WnBx9Kd"}`);
  const codes: string[] = [];
  for (const request of [post('block.test', parts), postChunked('block.test', parts, 5000)])
    codes.push(refusalCode(await rig.ask('block.test', request)));
  expect(codes).toEqual(['too-many-connections', 'too-many-connections']);
  expect(refusalCode(await rig.ask('block.test', post('block.test', small)))).toBe('secret-found');
  expect(refusalCode(await rig.ask('block.test', postChunked('block.test', small, 10)))).toBe('secret-found');
  for (const socket of hoarders) socket.destroy();
  expect(rig.arrivals).toEqual([]);
});

/** Brotli without content, and with a block that is passed over (RFC 7932, 9.2). @param bytes 1 to 256 */
function withMetadata(bytes: Buffer): Buffer {
  // WBITS 16; not the last, no nibbles, one byte of length; then up to the end of a byte.
  const bits = 0 | (0 << 1) | (3 << 2) | (0 << 4) | (1 << 5) | ((bytes.length - 1) << 7);
  return Buffer.concat([Buffer.from([bits & 0xff, bits >> 8]), bytes, Buffer.from([3])]);
}

test('a line break is refused on a route that names other detectors', async () => {
  const answer = await rig.ask('known.test', get('known.test', '/', 'X-A: 1%0aY: 2\r\n'));
  expect([answer.status, refusalCode(answer)]).toEqual([403, 'line-break-found']);
  expect(rig.arrivals).toEqual([]);
});

describe.each(['block.test', 'redact.test', 'supervise.test'])('whatever the policy, at %s', (host) => {
  test.each([
    ['a line break in the query, encoded twice', get(host, '/?a=1%250d%250aHost:x'), 'line-break-found'],
    ['a line break in a header', get(host, '/', 'X-A: 1%0aY: 2\r\n'), 'line-break-found'],
    ['an encoding that nobody knows', post(host, '{}', encoded('sdch')), 'encoding-not-scannable'],
    [
      'what says gzip and is none',
      post(host, '{"a":"plain text"}', encoded('gzip')),
      'encoding-not-scannable',
    ],
    [
      'what follows the end of gzip',
      post(host, Buffer.concat([gzipSync('{}'), note]), encoded('gzip')),
      'encoding-not-scannable',
    ],
    ['four encodings', post(host, '{}', encoded('gzip, gzip, gzip, gzip')), 'encoding-not-scannable'],
    [
      '100 MB in 100 kB',
      post(host, gzipSync(Buffer.alloc(100_000_000)), encoded('gzip')),
      'scan-over-budget',
    ],
  ])('%s is refused, nobody is asked and nothing arrives', async (_name, request, code) => {
    const answer = await rig.ask(host, request);
    expect([answer.status, refusalCode(answer)]).toEqual([403, code]);
    expect(rig.proposals()).toEqual([]);
    expect(rig.arrivals).toEqual([]);
  });

  test.each([
    ['gzip', encoded('gzip'), gzipSync(note)],
    ['deflate', encoded('deflate'), deflateSync(note)],
    ['br', encoded('br'), brotliCompressSync(note)],
    ['br in gzip', encoded('br, gzip'), gzipSync(brotliCompressSync(note))],
    ['zstd', encoded('zstd'), zstdRawFrame(note)],
    ['what brotli passes over', encoded('br'), withMetadata(note)],
    ['gzip that says nothing', '', gzipSync(note)],
    ['gzip that says identity', encoded('identity'), gzipSync(note)],
    ['base64 in percent', '', Buffer.from(encodeURIComponent(note.toString('base64')))],
    ['chunks of one byte', null, note],
  ])('a value in %s does not arrive', async (_name, headers, body) => {
    const request = headers === null ? postChunked(host, body, 1) : post(host, body, headers);
    const answer = rig.ask(host, request);
    if (host === 'supervise.test') rig.sidecar.decide((await rig.proposal(1)).id, 'deny');
    const { status } = await answer;
    expect(host === 'redact.test' ? [200, 403] : [403]).toContain(status);
    const arrived = rig.arrived();
    for (const form of [heldSecret.slice(9), Buffer.from(heldSecret).toString('base64').slice(12, 30)])
      expect(arrived).not.toContain(form);
    if (status === 403) expect(rig.arrivals).toEqual([]);
  });
});

describe('framing', () => {
  test.each(['gzip', 'deflate', 'br'])(
    'what is covered in %s is encoded again, under its own length',
    async (coding) => {
      const encode = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync }[
        coding
      ] as typeof gzipSync;
      const body = encode(`{"filler":"${'words of no interest '.repeat(500)}","note":"${heldSecret}"}`);
      const answer = await rig.ask('redact.test', post('redact.test', body, encoded(coding)));
      expect(answer.status).toBe(200);
      const [arrival] = rig.arrivals;
      expect(arrival?.complete).toBe(true);
      const lengths = arrival?.headers.filter(
        (_, index, all) => all[index - 1]?.toLowerCase() === 'content-length',
      );
      expect(lengths).toEqual([String(arrival?.body.length)]);
    },
  );

  test('trailers do not go on', async () => {
    const trailers = `X-Sum: ${heldSecret}\r\n`;
    const request = postChunked('block.test', Buffer.from('{}'), 2, '', trailers);
    expect((await rig.ask('block.test', request)).status).toBe(200);
    expect(rig.arrivals).toHaveLength(1);
    expect(rig.arrived().toLowerCase()).not.toContain('x-sum');
  });

  test.each([1, 9, 20, 28])(
    'a value that two pieces of a long body share at its byte %i does not leave',
    async (cut) => {
      const lead = Buffer.alloc(2_000_000 - cut, 'a line of text\n');
      const body = Buffer.concat([lead, Buffer.from(heldSecret), Buffer.alloc(500_000, 'more of it\n')]);
      const answer = await rig.ask('block.test', postChunked('block.test', body, 2_000_000));
      expect([0, 403]).toContain(answer.status);
      expect(rig.arrived()).not.toContain(heldSecret.slice(9));
      expect(rig.arrivals.filter(({ complete }) => complete)).toEqual([]);
      rig.forget();
      expect((await rig.ask('redact.test', postChunked('redact.test', body, 2_000_000))).status).toBe(200);
      expect(rig.arrivals[0]?.body.length).toBe(body.length);
      expect(rig.arrived()).not.toContain(heldSecret.slice(9));
    },
  );

  test('a clean body arrives byte for byte, short or long, however it is framed', async () => {
    for (const size of [1, 1000, 70_000, 1_048_577, 3_000_000]) {
      const body = Buffer.from(
        randomBytes(Math.ceil(size / 2))
          .toString('hex')
          .slice(0, size),
      );
      for (const request of [post('block.test', body), postChunked('block.test', body, 60_000)]) {
        rig.forget();
        expect((await rig.ask('block.test', request)).status).toBe(200);
        expect(rig.arrivals[0]?.body.equals(body)).toBe(true);
      }
    }
  });
});

needs('zstd', hasZstd, 'a body in Zstandard', () => {
  const text = `{"filler":"${'words of no interest '.repeat(500)}","note":"${heldSecret}"}`;

  test.each(['block.test', 'redact.test'])('does not bring a value past %s', async (host) => {
    for (const level of ['-1', '-19']) {
      rig.forget();
      const answer = await rig.ask(host, post(host, zstdCompress(text, level), encoded('zstd')));
      expect(answer.status).toBe(host === 'block.test' ? 403 : 200);
      if (host === 'block.test') expect([refusalCode(answer), rig.arrivals]).toEqual(['secret-found', []]);
      else
        expect(zstdDecompress(rig.arrivals[0]?.body as Buffer).toString()).toBe(
          text.replace(heldSecret, '*'.repeat(heldSecret.length)),
        );
    }
  });

  test('arrives byte for byte where it is clean', async () => {
    const body = zstdCompress(text.replace(heldSecret, 'nothing'));
    expect((await rig.ask('block.test', post('block.test', body, encoded('zstd')))).status).toBe(200);
    expect(rig.arrivals[0]?.body.equals(body)).toBe(true);
  });

  test.each([
    ['cut off', zstdCompress(text).subarray(0, -6), 'encoding-not-scannable'],
    ['with something behind it', Buffer.concat([zstdCompress(text), note]), 'encoding-not-scannable'],
    ['of 40 MB', zstdCompress(Buffer.alloc(40_000_000)), 'scan-over-budget'],
  ])('is refused %s', async (_name, body, code) => {
    const answer = await rig.ask('redact.test', post('redact.test', body, encoded('zstd')));
    expect([answer.status, refusalCode(answer)]).toEqual([403, code]);
    expect(rig.arrivals).toEqual([]);
  });
});

describe('one connection', () => {
  test('what is sent ahead of a held request waits for it, and gets its own answer', async () => {
    const client = await openTunnel({ ...rig.sidecar, host: 'supervise.test' });
    client.write(get('supervise.test', `/1/${heldSecret}`) + get('supervise.test', '/2'));
    const { id } = await rig.proposal(1);
    expect(rig.arrivals).toEqual([]);
    const first = readAnswer(client);
    rig.sidecar.decide(id, 'deny');
    expect(refusalCode(await first)).toBe('held-denied');
    await readAnswer(client);
    expect(rig.arrivals.map(({ line }) => line)).toEqual(['GET /2']);
    client.destroy();
  });

  test('a refused request leaves the next one be', async () => {
    const client = await openTunnel({ ...rig.sidecar, host: 'block.test' });
    expect(refusalCode(await sendRaw(client, post('block.test', note)))).toBe('secret-found');
    expect((await sendRaw(client, get('block.test', '/next'))).status).toBe(200);
    client.destroy();
  });

  test.each([
    ['whole', post('supervise.test', note)],
    ['chunked', postChunked('supervise.test', note, 9)],
    [
      'long',
      postChunked(
        'supervise.test',
        Buffer.concat([Buffer.alloc(1_500_000, 'text\n'), note, Buffer.alloc(20_000, 'text\n')]),
        60_000,
      ),
    ],
  ])('a client that leaves while its %s body is held takes the proposal away', async (_name, request) => {
    const client = await openTunnel({ ...rig.sidecar, host: 'supervise.test' });
    client.write(request);
    const { id } = await rig.proposal(1);
    client.destroy();
    await rig.sidecar.until(() => rig.ends().length === 1);
    expect(rig.ends()).toMatchObject([{ proposal: id, outcome: 'client-left' }]);
    const event = await rig.sidecar.event(
      ({ host, method }) => host === 'supervise.test' && method === 'POST',
    );
    expect(event).toMatchObject({ verdict: 'refused', code: 'held-client-left' });
    expect(rig.arrived()).not.toContain(heldSecret.slice(9));
  });
});
