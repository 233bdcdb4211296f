import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ambiguousRequests } from '../support/ambiguous-requests.js';
import { type ProxyRig, startProxyRig } from '../support/proxy-rig.js';
import { askInside, openTunnel, readAnswer, refusalCode } from '../support/raw-client.js';

let rig: ProxyRig;

beforeAll(async () => {
  rig = await startProxyRig();
});
afterAll(() => rig?.[Symbol.asyncDispose]());
afterEach(() => rig.expectNothingGotOut());

const inside = (bytes: string | Buffer, servername?: string | null) =>
  askInside(
    { ...rig.sidecar, host: 'allowed.test', ...(servername === undefined ? {} : { servername }) },
    bytes,
  );

const simple = 'GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n';

describe('inside the TLS', () => {
  test('an SNI that is not what CONNECT asked for is answered 421', async () => {
    const answer = await inside(simple, 'evil.test');
    expect([answer.status, refusalCode(answer)]).toEqual([421, 'sni-mismatch']);
  });

  test('a missing SNI is answered 421', async () => {
    const answer = await inside(simple, null);
    expect([answer.status, refusalCode(answer)]).toEqual([421, 'sni-mismatch']);
  });

  test.each([
    ['another name', 'Host: evil.test'],
    ['another port', 'Host: allowed.test:8443'],
    ['an address', 'Host: 127.0.0.1'],
    ['a user', 'Host: a@allowed.test'],
    ['two names', 'Host: allowed.test, evil.test'],
    ['nothing', 'Host:'],
    ['no header', 'X: y'],
  ])('a Host with %s is answered 421', async (_name, header) => {
    const answer = await inside(`GET / HTTP/1.1\r\n${header}\r\n\r\n`);
    expect([answer.status, refusalCode(answer)]).toEqual([421, 'host-mismatch']);
  });

  test.each([
    [
      'absolute-form',
      `GET http://evil.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n`,
      'target-not-origin-form',
    ],
    [
      'absolute-form to the same host',
      'GET https://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n',
      'target-not-origin-form',
    ],
    ['asterisk-form', 'OPTIONS * HTTP/1.1\r\nHost: allowed.test\r\n\r\n', 'target-not-origin-form'],
    ['CONNECT', 'CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test\r\n\r\n', 'method-not-allowed'],
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: allowed.test\r\n\r\n', 'method-not-allowed'],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: allowed.test\r\nHost: evil.test\r\n\r\n', 'duplicate-header'],
    [
      'two equal Hosts',
      'GET / HTTP/1.1\r\nHost: allowed.test\r\nhost: allowed.test\r\n\r\n',
      'duplicate-header',
    ],
    [
      'a second Host behind 40 headers',
      `GET / HTTP/1.1\r\nHost: allowed.test\r\n${'A: b\r\n'.repeat(40)}Host: evil.test\r\n\r\n`,
      'duplicate-header',
    ],
    [
      'a second Host behind 2,500 headers',
      `GET / HTTP/1.1\r\nHost: allowed.test\r\n${'A: b\r\n'.repeat(2500)}Host: evil.test\r\n\r\n`,
      'duplicate-header',
    ],
    [
      'two Authorizations',
      'GET / HTTP/1.1\r\nHost: allowed.test\r\nAuthorization: a\r\nAuthorization: b\r\n\r\n',
      'duplicate-header',
    ],
    ['a dot segment', 'GET /a/../b HTTP/1.1\r\nHost: allowed.test\r\n\r\n', 'path-not-canonical'],
    [
      'an encoded dot segment',
      'GET /a/%2e%2e/b HTTP/1.1\r\nHost: allowed.test\r\n\r\n',
      'path-not-canonical',
    ],
    [
      'a DNS message',
      'POST /x HTTP/1.1\r\nHost: allowed.test\r\nContent-Type: application/dns-message\r\nContent-Length: 1\r\n\r\nx',
      'doh-not-allowed',
    ],
    [
      'a DNS message by Accept',
      'GET /x HTTP/1.1\r\nHost: allowed.test\r\nAccept: application/dns-message\r\n\r\n',
      'doh-not-allowed',
    ],
    [
      'a DNS query parameter',
      'GET /x?a=b&d%6es=AAAB HTTP/1.1\r\nHost: allowed.test\r\n\r\n',
      'doh-not-allowed',
    ],
    [
      'a push',
      'POST /r.git/git-receive-pack HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 0\r\n\r\n',
      'git-push-not-allowed',
    ],
    [
      'the first step of a push',
      'GET /r.git/info/refs?service=git-receive-pack HTTP/1.1\r\nHost: allowed.test\r\n\r\n',
      'git-push-not-allowed',
    ],
    [
      'an encoded push',
      'GET /r.git/info/refs?s%65rvice=git%2dreceive-pack HTTP/1.1\r\nHost: allowed.test\r\n\r\n',
      'git-push-not-allowed',
    ],
    [
      'a fetch',
      'GET /r.git/info/refs?service=git-upload-pack HTTP/1.1\r\nHost: allowed.test\r\n\r\n',
      'git-fetch-not-allowed',
    ],
  ])('%s is refused', async (_name, bytes, code) => {
    expect(refusalCode(await inside(bytes))).toBe(code);
  });
});

describe('framing that two parsers could read differently is refused:', () => {
  test.each(ambiguousRequests('allowed.test'))('%s', async (_name, bytes) => {
    const answer = await inside(bytes);
    expect([400, 421]).toContain(answer.status);
    expect(answer.headers.get('x-bot-bottle-verdict')).toMatch(/^refused/);
  });
});

test('1 MB of headers is answered 431', async () => {
  const answer = await inside(
    `GET / HTTP/1.1\r\nHost: allowed.test\r\n${`X: ${'a'.repeat(1000)}\r\n`.repeat(1000)}\r\n`,
  );
  expect([answer.status, refusalCode(answer)]).toEqual([431, 'headers-too-large']);
});

test('a target of 1 MB is refused', async () => {
  const answer = await inside(`GET /${'a'.repeat(1_000_000)} HTTP/1.1\r\nHost: allowed.test\r\n\r\n`);
  expect(answer.status).toBe(431);
});

test('a Host in other spelling that means the same is taken', async () => {
  for (const host of ['ALLOWED.test', 'allowed.test.', 'allowed.test:443']) {
    expect((await inside(`GET /same HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).status).toBe(200);
  }
  expect(rig.upstream.requests.map(({ headers }) => headers[1])).toEqual(Array(3).fill('allowed.test'));
  rig.upstream.requests.length = 0;
});

test('a request smuggled behind a refused one is not answered', async () => {
  const secure = await openTunnel({ ...rig.sidecar, host: 'allowed.test' });
  secure.write(
    'POST / HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: allowed.test\r\n\r\n',
  );
  expect((await readAnswer(secure)).status).toBe(400);
  await new Promise((resolve) => secure.once('close', resolve).resume());
});
