import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Canary, headerValues, startCanary } from '../../support/canary.js';
import { encodings } from '../../support/encodings.js';
import { askInside, openTunnel, type RawAnswer, refusalCode, sendRaw } from '../../support/raw-client.js';
import { reflect } from '../../support/reflecting-upstream.js';
import { routeTo } from '../../support/routes.js';
import { type SidecarProcess, startSidecar } from '../../support/sidecar-process.js';
import { createTestAuthority } from '../../support/test-authority.js';

const secret = 'xoPq7-4f0d8a66b1c7KmZt92Lw';
const basic = 'alice:correct-Horse7battery';
/** A form of the secret in which every piece stands among others: a known limit. */
const inPieces = /^two /;
const names = Object.keys(encodings).filter((name) => !inPieces.test(name));

let upstream: Canary;
let sidecar: SidecarProcess;

beforeAll(async () => {
  const authority = await createTestAuthority();
  const hosts = ['echo.test', 'basic.test', 'open.test'];
  upstream = await startCanary({ authority, names: hosts }, reflect);
  const own = { certificateAuthority: authority.certificate };
  sidecar = await startSidecar({
    routes: [
      routeTo('echo.test', upstream.port, { ...own, auth: { scheme: 'Bearer', secret: 'TOKEN' } }),
      routeTo('basic.test', upstream.port, { ...own, auth: { scheme: 'Basic', secret: 'BASIC' } }),
      routeTo('open.test', upstream.port, {
        ...own,
        auth: { scheme: 'Bearer', secret: 'TOKEN' },
        dlp: { outbound: null, inbound: [], outboundOnMatch: 'supervise', inboundOnMatch: 'block' },
      }),
    ],
    secrets: { TOKEN: secret, BASIC: basic },
  });
});
afterAll(async () => {
  await sidecar?.[Symbol.asyncDispose]();
  await upstream?.[Symbol.asyncDispose]();
});

function ask(query: Record<string, string>, host = 'echo.test', headers = ''): Promise<RawAnswer> {
  const target = `/?${new URLSearchParams(query)}`;
  return askInside({ ...sidecar, host }, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\n`);
}

function expectNothing(answer: RawAnswer, form: Buffer): void {
  const half = Math.ceil(form.length / 2);
  for (let at = 0; at + half <= form.length; at += 1) {
    const piece = form.subarray(at, at + half).toString('latin1');
    if (answer.text.includes(piece)) throw new Error(`came back: ${piece}`);
  }
}

const formOf = (name: string): Buffer => Buffer.from(encodings[name]?.(secret) ?? '');

describe('the credential that an upstream sends back', () => {
  test('did reach the upstream, and comes back where a route turns the scan off', async () => {
    const answer = await ask({}, 'open.test');
    expect(headerValues(upstream.requests.at(-1), 'authorization')).toEqual([`Bearer ${secret}`]);
    expect(answer.body).toContain(secret);
  });

  test.each(names)('is covered in a body: %s', async (encoding) => {
    const answer = await ask({ encoding });
    expect(answer.status).toBe(200);
    expectNothing(answer, formOf(encoding));
    expect(answer.body).toMatch(/\*{8}|\*\n\*/);
  });

  test.each(names.filter((name) => !/line|break|full|look|zero|soft|tag|math|UTF/.test(name)))(
    'is covered in a header: %s',
    async (encoding) => {
      const answer = await ask({ encoding, surface: 'header' });
      expect(answer.headers.get('x-echo')).toMatch(/\*{8}/);
      expectNothing(answer, formOf(encoding));
    },
  );

  test.each(['image/png', 'application/pdf', 'application/zip', 'image/png, text/html'])(
    'is covered in every form in a body that says it is %s',
    async (type) => {
      // Of those over lines, half is other text.
      for (const encoding of names.filter((name) => !/over lines$/.test(name))) {
        const answer = await ask({ encoding, type });
        expect(answer.status).toBe(200);
        expectNothing(answer, formOf(encoding));
      }
    },
  );

  test.each(['reason', 'trailer', 'hint', 'events', 'error'])('is covered in: %s', async (surface) => {
    for (const encoding of ['plain', 'base64', 'hex', 'percent']) {
      const answer = await ask({ encoding, surface, chunked: '' });
      expectNothing(answer, formOf(encoding));
      expect(answer.text).toMatch(/\*{8}/);
    }
  });

  test.each(['gzip', 'deflate', 'deflate-raw', 'br', 'zstd', 'gzip, br'])(
    'is covered in a body coded in %s',
    async (coding) => {
      const answer = await ask({ coding, encoding: 'base64' }, 'echo.test', 'Accept-Encoding: gzip, br\r\n');
      expect(answer.body).toMatch(/\{"authorization":"\*{30,}=*"\}/);
      expect([...answer.headers.keys()]).not.toContain('content-encoding');
      expect([...answer.headers.keys()]).not.toContain('content-md5');
    },
  );

  test.each(['application/json', 'application/octet-stream', 'image/png', 'text/event-stream'])(
    'is covered in a body of type %s, sent in two at any byte',
    async (type) => {
      const secure = await openTunnel({ ...sidecar, host: 'echo.test' });
      const length = `{"authorization":"${secret}"}`.length;
      for (let cut = 18; cut < length; cut += 1) {
        const target = `/?${new URLSearchParams({ cut: String(cut), type })}`;
        const answer = await sendRaw(secure, `GET ${target} HTTP/1.1\r\nHost: echo.test\r\n\r\n`);
        expect(answer.headers.get('content-length')).toBe(String(length));
        expect(answer.body.length).toBe(length);
        expect(answer.body).toMatch(/^\{"authorization":"[^*]{0,3}\*{22,}"\}$/);
      }
      secure.destroy();
    },
  );

  test.each(['text/event-stream', 'application/x-ndjson'])(
    'is covered from its twelfth letter on in the words of a stream, three letters a time, of type %s',
    async (type) => {
      for (const encoding of ['plain', 'hex']) {
        const answer = await ask({ encoding, surface: 'deltas', type });
        const words = [...answer.body.matchAll(/"content":"([^"]*)"/g)].map(([, word]) => word).join('');
        expect(words).toMatch(/^it is [^*]{8,40}\*{4,} ?\.$/);
        expect(words).not.toContain(formOf(encoding).slice(0, Math.ceil(formOf(encoding).length / 2) + 5));
      }
    },
  );

  test('is covered as Basic’s base64, as its user and password, and as the password alone', async () => {
    const answer = await ask({}, 'basic.test');
    expect(answer.body).toMatch(/^\{"authorization":"\*+"\}$/);
    const password = basic.split(':')[1] ?? '';
    const echoed = await ask({ encoding: 'plain', surface: 'header' }, 'basic.test');
    expect(echoed.text).not.toContain(Buffer.from(basic).toString('base64'));
    expect(echoed.text).not.toContain(password);
  });

  test('is told in the event, by its name', async () => {
    await ask({ encoding: 'hex' });
    const event = await sidecar.event(({ finding }) => finding !== null);
    expect(event.finding).toMatchObject({
      direction: 'inbound',
      detector: 'reflected_secrets',
      rule: 'TOKEN',
      outcome: 'redacted',
    });
    expect(sidecar.output()).not.toContain(secret);
  });

  test('a stream’s first event comes before its last is sent', async () => {
    const secure = await openTunnel({ ...sidecar, host: 'echo.test' });
    let text = '';
    secure.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    secure.write('GET /?surface=events HTTP/1.1\r\nHost: echo.test\r\n\r\n');
    while (!text.includes('data: first')) await once(secure, 'data');
    expect(text).not.toContain(secret.slice(0, 12));
    secure.destroy();
  });
});

describe('what can’t be looked at', () => {
  test('the upstream is asked only for codings that can be undone', async () => {
    await ask({}, 'echo.test', 'Accept-Encoding: zstd, gzip;q=0.8, *;q=0.1\r\n');
    expect(headerValues(upstream.requests.at(-1), 'accept-encoding')).toEqual(['gzip;q=0.8']);
    await ask({}, 'echo.test', 'Accept-Encoding: zstd\r\nRange: bytes=5-9\r\nA-IM: feed\r\n');
    expect(headerValues(upstream.requests.at(-1), 'accept-encoding')).toEqual(['identity']);
    expect(headerValues(upstream.requests.at(-1), 'range')).toEqual(['bytes=0-1033']);
    expect(headerValues(upstream.requests.at(-1), 'a-im')).toEqual([]);
    await ask({}, 'echo.test', 'Accept-Encoding: gzip\r\nRange: bytes=5-\r\n');
    expect(headerValues(upstream.requests.at(-1), 'accept-encoding')).toEqual(['identity']);
    expect(headerValues(upstream.requests.at(-1), 'range')).toEqual(['bytes=0-']);
  });

  test.each([
    ['an unknown coding', { coding: 'sdch' }],
    ['too many codings', { coding: 'gzip, gzip, gzip' }],
  ])('%s is refused with a reason', async (_name, query) => {
    const answer = await ask(query);
    expect([answer.status, refusalCode(answer)]).toEqual([502, 'response-not-scannable']);
  });
});
