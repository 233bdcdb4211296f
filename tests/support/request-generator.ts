import { pick, type Random, upTo } from './fuzzing.js';

/** Stands for the port of what nothing may reach, which is not known while a case is made. */
export const portMark = 'CANARY';

/** Bytes for one connection to the proxy. */
export interface RequestCase {
  /** On the outer connection; inside a tunnel to the allowed host; or in the clear where TLS should begin. */
  readonly way: 'outer' | 'tunnel' | 'clear';
  readonly bytes: Buffer;
  /** Where the bytes are cut into packets. */
  readonly cuts: readonly number[];
}

const hosts = [
  'allowed.test',
  'ALLOWED.test.',
  'denied.test',
  'localhost',
  '127.0.0.1',
  '[::1]',
  'constructor',
  '../../x',
  '__proto__',
  'allowed.test@denied.test',
  '\xff',
  '',
];
const ports = ['', ':443', ':80', ':0', `:${portMark}`, ':99999', ':-1', ':443:443'];
const methods = [
  'GET',
  'POST',
  'HEAD',
  'OPTIONS',
  'PUT',
  'DELETE',
  'TRACE',
  'TRACK',
  'CONNECT',
  'get',
  'PRI',
  'M-SEARCH',
  'G\0T',
];
const paths = [
  '/ok',
  '/ok/a?b=c',
  '/ok/%2e%2e/no',
  '/ok/..;/no',
  '/ok/%252e%252e/no',
  '/ok/..%5cno',
  '/ok\\..\\no',
  '/no',
  '//no',
  '*',
  '/ok/\xe9',
  '/ok?service=git-receive-pack',
  '/ok/git-receive-pack',
  '/ok#x',
  '/%6fk',
  'ok',
  '/ok/%',
  '/ok/%00',
];
const headers = [
  'Content-Length: 5',
  'Content-Length: 0',
  'Content-Length: -1',
  'Content-Length: 5, 5',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding : chunked',
  ' folded: yes',
  'Host: denied.test',
  'Host: allowed.test',
  'Authorization: a',
  'Connection: close',
  'Connection: host, content-length',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Upgrade: h2c',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  'Expect: 100-continue',
  'Expect: x',
  'X-Bot-Bottle-Verdict: allowed',
  'Accept: application/dns-message',
  'X: \0',
  'Proxy-Authorization: x',
  'Trailer: x',
  'TE: trailers',
  'no colon',
  ': no name',
];
const bodies = [
  '',
  'hello',
  '5\r\nhello\r\n0\r\n\r\n',
  '0\r\n\r\n',
  '+5\r\nhello\r\n0\r\n\r\n',
  '5;x\nhello\n0\n\n',
  'ffffffffffffffff\r\nx',
  'GET /no HTTP/1.1\r\nHost: denied.test\r\n\r\n',
];
const versions = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'HTTP/1.1 ', ''];
const lineEnds = ['\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '\r\r\n'];
const tokens = [
  '\0',
  '\r\n',
  '\n',
  '\r\n\r\n',
  ':',
  ' ',
  '\t',
  '%00',
  '%2e%2e/',
  '@',
  'Host: denied.test\r\n',
  'Transfer-Encoding: chunked\r\n',
  '\x16\x03\x01',
  '0\r\n\r\n',
  '\xff',
];

/** A request that is nearly right, made wrong in a few places. */
export function makeRequestCase(random: Random): RequestCase {
  const way = pick(random, ['outer', 'tunnel', 'tunnel', 'clear'] as const);
  const count = 1 + upTo(random, 2);
  let text = '';
  for (let index = 0; index < count; index += 1) text += makeRequest(random, way);
  for (let edits = upTo(random, 3); edits > 0 && random() < 0.6; edits -= 1) text = damage(random, text);
  const bytes = Buffer.from(text, 'latin1');
  const cuts = Array.from({ length: upTo(random, 4) }, () => upTo(random, bytes.length));
  return { way, bytes, cuts: cuts.sort((a, b) => a - b) };
}

function makeRequest(random: Random, way: RequestCase['way']): string {
  const end = () => pick(random, lineEnds);
  const authority = random() < 0.5 ? 'allowed.test' : pick(random, hosts) + pick(random, ports);
  const method = random() < 0.5 ? 'GET' : pick(random, methods);
  const path = random() < 0.3 ? '/ok' : pick(random, paths);
  const target = makeTarget(random, way, authority, path);
  const line = way === 'outer' && random() < 0.6 ? `CONNECT ${authority}:443` : `${method} ${target}`;
  let text = `${line} ${pick(random, versions)}${end()}`;
  if (random() < 0.9) text += `Host: ${random() < 0.7 ? 'allowed.test' : authority}${end()}`;
  for (let count = upTo(random, 4); count > 0; count -= 1) text += `${pick(random, headers)}${end()}`;
  if (random() < 0.02) text += `X: ${'a'.repeat(upTo(random, 100_000))}${end()}`;
  return `${text}${end()}${pick(random, bodies)}`;
}

function makeTarget(random: Random, way: RequestCase['way'], authority: string, path: string): string {
  const absolute = way === 'outer' ? 0.8 : 0.1;
  return random() < absolute ? `${pick(random, ['http', 'https', 'ftp'])}://${authority}${path}` : path;
}

function damage(random: Random, text: string): string {
  const at = upTo(random, text.length);
  const length = upTo(random, 8);
  switch (upTo(random, 3)) {
    case 0:
      return text.slice(0, at) + text.slice(at + length);
    case 1:
      return text.slice(0, at) + pick(random, tokens) + text.slice(at);
    case 2:
      return text.slice(0, at) + String.fromCharCode(upTo(random, 255)) + text.slice(at + 1);
    default:
      return text.slice(0, at) + text.slice(at, at + length).repeat(3) + text.slice(at + length);
  }
}
