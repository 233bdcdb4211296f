import { describe, expect, it } from 'vitest';
import { importScript } from '../../../support/scripts.js';

type Read = (part: Buffer) => void;

const { createResponseReader } = await importScript<{
  createResponseReader: (
    onData: (data: Buffer, from: number, to: number) => void,
    onEnd: (status: number, closes: boolean) => void,
  ) => Read;
}>('bench/proxy/load/response.mjs');

/** Bodies and ends of the responses in `text`, fed in pieces of `size` bytes. */
function readAll(text: string, size: number) {
  let body = '';
  const ends: unknown[] = [];
  const read = createResponseReader(
    (data, from, to) => {
      body += data.toString('latin1', from, to);
    },
    (status, closes) => ends.push([status, closes]),
  );
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size));
  return { body, ends };
}

const withLength = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n';
const closing = 'HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\ncontent-length: 2\r\n\r\nno';

describe.each([1, 2, 7, 1000])('responses in pieces of %i bytes', (size) => {
  it('with a length and in chunks are told apart', () => {
    expect(readAll(withLength + chunked + withLength, size)).toEqual({
      body: 'hellohellohello',
      ends: [
        [200, false],
        [200, false],
        [200, false],
      ],
    });
  });

  it('that end the connection say so', () => {
    expect(readAll(closing, size)).toEqual({ body: 'no', ends: [[502, true]] });
  });
});

it('without any framing, a response is over and its connection of no more use', () => {
  expect(readAll('HTTP/1.1 504 Gateway Timeout\r\n\r\n', 1000).ends).toEqual([[504, true]]);
});
