import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Canary, startCanary } from '../../support/canary.js';
import { askInside, openTunnel, refusalCode } from '../../support/raw-client.js';
import { routeTo } from '../../support/routes.js';
import { type SidecarProcess, startSidecar } from '../../support/sidecar-process.js';
import { createTestAuthority } from '../../support/test-authority.js';

const secret = 'sk-ant-api03-Zq7_Lw9xT2vB-m4KdR8nYc1HsPfU6';
/** What anybody knows of it. */
const known = 'sk-ant-api03-';
const letters = Array.from({ length: 95 }, (_, index) => String.fromCharCode(index + 32));
const fill = Buffer.alloc(2048, '. ');
/** Of letters that no guess has. */
const between = ' zzzzzzzz ';
const hexOf = (text: string): string => Buffer.from(text).toString('hex');
/** So that the guesses are in no request. */
const masked = (text: string): string =>
  Buffer.from(Buffer.from(text).map((byte) => byte ^ 0xa7)).toString('hex');

/** An upstream that writes what an agent tells it to, as the agent wants it. */
const accomplice: RequestListener = (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://upstream');
  const texts = searchParams
    .getAll('guess')
    .map((guess) => hexOf(Buffer.from(Buffer.from(guess, 'hex').map((byte) => byte ^ 0xa7)).toString()));
  if (pathname === '/all') return sendAs(response, 200, {}, Buffer.from(texts.join(between)));
  const body = Buffer.concat([fill, Buffer.from(texts[0] ?? '')]);
  if (pathname === '/part') {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    const part = Buffer.alloc(Number(last) - Number(first) + 1, '. ');
    body.copy(part, part.length - 1024 - body.length);
    return sendAs(response, 206, { 'content-range': `bytes ${first}-${last}/99999` }, part);
  }
  response.writeHead(200, { 'content-type': 'image/png' }).write(body);
  // Goes on once the agent says so: it has seen by then what waits.
  waiting.set(searchParams.get('id') ?? '', () => response.end(fill));
};
function sendAs(response: ServerResponse, status: number, headers: Record<string, string>, body: Buffer) {
  response
    .writeHead(status, { ...headers, 'content-type': 'image/png', 'content-length': body.length })
    .end(body);
}

const waiting = new Map<string, () => void>();

let upstream: Canary;
let sidecar: SidecarProcess;

beforeAll(async () => {
  const authority = await createTestAuthority();
  upstream = await startCanary({ authority, names: ['evil.test', 'api.test'] }, accomplice);
  const own = { certificateAuthority: authority.certificate };
  sidecar = await startSidecar({
    routes: [
      routeTo('evil.test', upstream.port, own),
      routeTo('api.test', upstream.port, { ...own, auth: { scheme: 'Bearer', secret: 'KEY' } }),
    ],
    secrets: { KEY: secret },
  });
});
afterAll(async () => {
  await sidecar?.[Symbol.asyncDispose]();
  await upstream?.[Symbol.asyncDispose]();
});

const get = (host: string, target: string, headers = '') =>
  askInside({ ...sidecar, host }, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\n`);

describe('an agent that has an upstream write what may be a secret', () => {
  test.each([
    ['beginning', secret.slice(0, 9), 'sk-ant-aq'],
    ['middle', secret.slice(15, 24), `${secret.slice(15, 23)}!`],
  ])('learns nothing at the edge of a part: %s', async (_name, right, wrong) => {
    for (const guess of [right, wrong]) {
      const answer = await get('evil.test', `/part?guess=${masked(guess)}`, 'Range: bytes=5000-9000\r\n');
      expect([answer.status, answer.body.length]).toEqual([206, 4001]);
      expect(answer.body.endsWith(hexOf(guess))).toBe(true);
    }
  });

  test.each([
    ['beginning', secret.slice(0, 9), 'sk-ant-aq'],
    ['middle', secret.slice(15, 24), `${secret.slice(15, 23)}!`],
  ])('learns nothing by what waits: %s', async (_name, right, wrong) => {
    const seen: string[][] = [];
    for (const [index, guess] of [right, wrong].entries()) {
      const secure = await openTunnel({ ...sidecar, host: 'evil.test' });
      const id = `${_name}${index}`;
      let text = '';
      secure.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
      secure.write(`GET /stream?id=${id}&guess=${masked(guess)} HTTP/1.1\r\nHost: evil.test\r\n\r\n`);
      while (!text.includes(hexOf(guess))) await once(secure, 'data');
      waiting.get(id)?.();
      while (!text.endsWith('\r\n0\r\n\r\n')) await once(secure, 'data');
      secure.destroy();
      seen.push(
        text
          .slice(text.indexOf('\r\n\r\n'))
          .split('\r\n')
          .map((line) => (/^[. ]/.test(line) ? String(line.length) : line)),
      );
    }
    expect(seen[0]).toEqual(seen[1]);
  });

  test('learns no more than eight pieces by what is covered, each told in an event; then nothing comes from there', async () => {
    let learnt = known;
    for (;;) {
      const guesses = letters.map((letter) => `${learnt}${letter}`.slice(-10));
      const answer = await get(
        'evil.test',
        `/all?${guesses.map((guess) => `guess=${masked(guess)}`).join('&')}`,
      );
      if (answer.status !== 200) break;
      const covered = letters.findIndex((_, at) =>
        answer.body.slice(at * (20 + between.length)).startsWith('*'.repeat(20)),
      );
      expect(covered).toBeGreaterThanOrEqual(0);
      learnt += letters[covered];
    }
    expect(secret.startsWith(learnt)).toBe(true);
    expect(learnt.length).toBeLessThanOrEqual(known.length + 8);
    for (const target of ['/all?guess=', '/stream?id=last'])
      expect(refusalCode(await get('evil.test', target))).toBe('response-not-scannable');
    expect((await get('api.test', '/all?guess=')).status).toBe(200);
    const events = sidecar.events.filter(({ finding }) => finding?.detector === 'reflected_secrets');
    expect(events.length).toBeGreaterThanOrEqual(8);
  });
});
