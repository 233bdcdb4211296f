/** Requests whose framing two parsers could read differently: every one must be refused. */
export function ambiguousRequests(host: string): readonly (readonly [name: string, bytes: string])[] {
  const post = `POST / HTTP/1.1\r\nHost: ${host}\r\n`;
  return [
    [
      'Content-Length and Transfer-Encoding',
      `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n`,
    ],
    [
      'Transfer-Encoding and Content-Length',
      `${post}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
    ],
    ['two Content-Lengths', `${post}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`],
    ['two equal Content-Lengths', `${post}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`],
    ['a list in Content-Length', `${post}Content-Length: 5, 5\r\n\r\nhello`],
    ['a signed Content-Length', `${post}Content-Length: +5\r\n\r\nhello`],
    ['a hexadecimal Content-Length', `${post}Content-Length: 0x5\r\n\r\nhello`],
    ['a negative Content-Length', `${post}Content-Length: -1\r\n\r\nhello`],
    ['an endless Content-Length', `${post}Content-Length: 99999999999999999999\r\n\r\nhello`],
    ['Transfer-Encoding: identity', `${post}Transfer-Encoding: identity\r\n\r\nhello`],
    ['Transfer-Encoding: gzip, chunked', `${post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ['Transfer-Encoding: chunked, identity', `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
    [
      'two Transfer-Encodings',
      `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['Transfer-Encoding with a vertical tab', `${post}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`],
    [
      'Transfer-Encoding in HTTP/1.0',
      `POST / HTTP/1.0\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['a space before the colon', `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`],
    ['a folded header', `${post}X: a\r\n b\r\nContent-Length: 0\r\n\r\n`],
    ['a folded Transfer-Encoding', `${post}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`],
    ['a folded first header', `POST / HTTP/1.1\r\n Host: ${host}\r\nHost: ${host}\r\n\r\n`],
    ['bare line feeds', `GET / HTTP/1.1\nHost: ${host}\n\n`],
    ['one bare line feed in the headers', `GET / HTTP/1.1\r\nHost: ${host}\nX: y\r\n\r\n`],
    ['a bare line feed that ends the headers', `GET / HTTP/1.1\r\nHost: ${host}\r\nX: y\n\r\n`],
    ['a bare carriage return', `GET / HTTP/1.1\r\nHost: ${host}\r\nX: y\rZ: w\r\n\r\n`],
    ['a NUL in a value', `GET / HTTP/1.1\r\nHost: ${host}\r\nX: a\0b\r\n\r\n`],
    ['a header without a name', `GET / HTTP/1.1\r\nHost: ${host}\r\n: y\r\n\r\n`],
    ['a header without a colon', `GET / HTTP/1.1\r\nHost: ${host}\r\nwhat\r\n\r\n`],
    ['HTTP/2.0', `GET / HTTP/2.0\r\nHost: ${host}\r\n\r\n`],
    ['HTTP/0.9', 'GET /\r\n\r\n'],
    ['HTTP/1.2', `GET / HTTP/1.2\r\nHost: ${host}\r\n\r\n`],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ];
}
