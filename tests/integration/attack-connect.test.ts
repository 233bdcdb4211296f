import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type ProxyRig, startProxyRig } from '../support/proxy-rig.js';
import { askProxy, openSocket, readToEnd, refusalCode, sendRaw } from '../support/raw-client.js';
import { routeTo } from '../support/routes.js';

let rig: ProxyRig;

beforeAll(async () => {
  rig = await startProxyRig({}, (port) => [
    routeTo('plain.test', port, { scheme: 'http' }),
    { ...routeTo('xn--mnchen-3ya.test', port), connectTo: { host: '127.0.0.1', port } },
  ]);
});
afterAll(() => rig?.[Symbol.asyncDispose]());
afterEach(() => rig.expectNothingGotOut());

const long = `${'a'.repeat(60)}.`.repeat(4) + 'b'.repeat(60);
const cases: readonly (readonly [name: string, authority: string, status: number, code: string])[] = [
  ['a dotted IPv4 literal', '127.0.0.1:443', 403, 'ip-literal'],
  ['a decimal IPv4 literal', '2130706433:443', 403, 'ip-literal'],
  ['a hexadecimal IPv4 literal', '0x7f000001:443', 403, 'ip-literal'],
  ['an octal IPv4 literal', '0177.0.0.1:443', 403, 'ip-literal'],
  ['a short IPv4 literal', '127.1:443', 403, 'ip-literal'],
  ['an IPv6 literal', '[::1]:443', 403, 'ip-literal'],
  ['an IPv4-mapped IPv6 literal', '[::ffff:127.0.0.1]:443', 403, 'ip-literal'],
  ['the metadata address', '169.254.169.254:443', 403, 'ip-literal'],
  ['another port', 'allowed.test:22', 403, 'port-not-allowed'],
  ['port 80', 'allowed.test:80', 403, 'port-not-allowed'],
  ['no port', 'allowed.test', 400, 'malformed-authority'],
  ['port 0', 'allowed.test:0', 400, 'malformed-authority'],
  ['a port with a sign', 'allowed.test:+443', 400, 'malformed-authority'],
  ['port 65979 (443 modulo 65536)', 'allowed.test:65979', 400, 'malformed-authority'],
  ['localhost', 'localhost:443', 403, 'host-not-allowed'],
  ['a name below localhost', 'a.localhost:443', 403, 'host-not-allowed'],
  ['an underscore', 'allowed_test:443', 400, 'malformed-authority'],
  ['an @', 'allowed.test@evil.test:443', 400, 'malformed-authority'],
  ['user and password', 'user:pass@allowed.test:443', 400, 'malformed-authority'],
  ['two trailing dots', 'allowed.test..:443', 400, 'malformed-authority'],
  ['an empty name', ':443', 400, 'malformed-authority'],
  ['percent-encoding', 'allowed%2etest:443', 400, 'malformed-authority'],
  ['punycode that no route names', 'xn--bcher-kva.test:443', 403, 'host-not-allowed'],
  ['punycode that does not decode', 'xn--zzzzzz.test:443', 400, 'malformed-authority'],
  ['a name of 304 characters', `${long}:443`, 400, 'malformed-authority'],
  ['a label of 64 characters', `${'a'.repeat(64)}.test:443`, 400, 'malformed-authority'],
  ['constructor', 'constructor:443', 403, 'host-not-allowed'],
  ['__proto__', '__proto__:443', 400, 'malformed-authority'],
  ['hasOwnProperty', 'hasOwnProperty:443', 403, 'host-not-allowed'],
  ['ca', 'ca:443', 403, 'host-not-allowed'],
  ['a path', '../../x:443', 400, 'malformed-authority'],
  ['a host that only plain http reaches', 'plain.test:443', 403, 'https-not-allowed'],
  ['a name below the allowed one', 'sub.allowed.test:443', 403, 'host-not-allowed'],
  ['the allowed name as a suffix', 'notallowed.test:443', 403, 'host-not-allowed'],
  ['the allowed name as a prefix', 'allowed.test.evil.test:443', 403, 'host-not-allowed'],
];

describe('CONNECT is refused for', () => {
  test.each(cases)('%s', async (_name, authority, status, code) => {
    const answer = await askProxy(
      rig.sidecar.port,
      `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`,
    );
    expect([answer.status, refusalCode(answer)]).toEqual([status, code]);
    expect(answer.headers.get('x-bot-bottle-verdict')).toBe(`refused; code=${code}`);
  });

  test.each([
    ['a NUL', 'allowed.test\0.evil.test:443'],
    ['a space', 'allowed.test evil.test:443'],
    ['a tab', 'allowed.test\tevil:443'],
    ['a byte beyond ASCII', 'allowed\xe9.test:443'],
    ['a line feed', 'allowed.test\n:443'],
    ['nothing', ''],
  ])('%s in the name', async (_name, authority) => {
    const answer = await askProxy(rig.sidecar.port, `CONNECT ${authority} HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(answer.status).toBe(400);
  });

  test('the proxy itself', async () => {
    const authority = `127.0.0.1:${rig.sidecar.port}`;
    const answer = await askProxy(
      rig.sidecar.port,
      `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`,
    );
    expect(refusalCode(answer)).toBe('ip-literal');
  });

  test('a body', async () => {
    const answer = await askProxy(
      rig.sidecar.port,
      'CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 5\r\n\r\nhello',
    );
    expect(refusalCode(answer)).toBe('ambiguous-framing');
  });

  test('two Host headers', async () => {
    const answer = await askProxy(
      rig.sidecar.port,
      'CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test\r\nHost: evil.test\r\n\r\n',
    );
    expect(refusalCode(answer)).toBe('duplicate-header');
  });
});

describe('CONNECT takes for the same name', () => {
  test.each([
    ['mixed case', 'AlLoWeD.TeSt:443'],
    ['a trailing dot', 'allowed.test.:443'],
    ['a punycode name in upper case', 'XN--MNCHEN-3YA.test:443'],
  ])('%s', async (_name, authority) => {
    const answer = await askProxy(rig.sidecar.port, `CONNECT ${authority} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(answer.status).toBe(200);
  });
});

describe('after CONNECT', () => {
  const connect = 'CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test\r\n\r\n';

  test('plain HTTP is refused', async () => {
    const socket = await openSocket(rig.sidecar.port);
    expect((await sendRaw(socket, connect)).status).toBe(200);
    const answer = await sendRaw(socket, 'GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n');
    expect(refusalCode(answer)).toBe('tls-expected');
    socket.destroy();
  });

  test('plain bytes in the same packet are refused', async () => {
    const socket = await openSocket(rig.sidecar.port);
    socket.write(`${connect}SSH-2.0-x\r\n`);
    const text = await readToEnd(socket);
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text).toContain('"tls-expected"');
    socket.destroy();
  });

  test('a broken handshake ends the connection', async () => {
    const socket = await openSocket(rig.sidecar.port);
    expect((await sendRaw(socket, connect)).status).toBe(200);
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.resume();
    socket.write(Buffer.from([0x16, 3, 1, 0, 4, 0xff, 0xff, 0xff, 0xff]));
    await ended;
  });
});

describe('the outer server refuses', () => {
  test.each([
    ['an origin-form request to itself', 'GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n', 'request-to-proxy'],
    ['OPTIONS *', 'OPTIONS * HTTP/1.1\r\nHost: allowed.test\r\n\r\n', 'request-to-proxy'],
    [
      'an https target',
      'GET https://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n',
      'malformed-request',
    ],
    [
      'plain http to a TLS host',
      'GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n',
      'plain-http-not-allowed',
    ],
    [
      'plain http to an unknown host',
      'GET http://evil.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n',
      'host-not-allowed',
    ],
    ['plain http to an address', 'GET http://127.0.0.1/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n', 'ip-literal'],
    [
      'plain http to another port',
      'GET http://plain.test:8080/ HTTP/1.1\r\nHost: plain.test:8080\r\n\r\n',
      'port-not-allowed',
    ],
    [
      'a user in the target',
      'GET http://a@plain.test/ HTTP/1.1\r\nHost: plain.test\r\n\r\n',
      'malformed-authority',
    ],
    [
      'a Host that is not the target’s',
      'GET http://plain.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n',
      'host-mismatch',
    ],
    ['an ftp target', 'GET ftp://plain.test/ HTTP/1.1\r\nHost: plain.test\r\n\r\n', 'malformed-request'],
  ])('%s', async (_name, bytes, code) => {
    expect(refusalCode(await askProxy(rig.sidecar.port, bytes))).toBe(code);
  });
});
