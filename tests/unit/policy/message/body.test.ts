import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type BodySource, bodyParts } from '../../../../src/policy/message/body.js';
import { zstdRawFrame } from '../../../../src/policy/message/zstd/raw-frame.js';
import { budgetFor } from '../../../../src/policy/scan/budget.js';

/** The parts of a body by name, and how it ended. */
function partsOf(source: Partial<BodySource> & { readonly bytes: Buffer }) {
  const parts: [name: string, text: string][] = [];
  const budget = budgetFor(source.bytes.length);
  const result = bodyParts({ contentType: null, contentEncoding: null, ...source }, budget, (part) => {
    parts.push([part.name, part.bytes.toString('latin1')]);
    return true;
  });
  return { parts, ...result };
}
const text = Buffer.from('an ordinary text that is long enough');

describe('content-encodings', () => {
  it.each([
    ['gzip', gzipSync(text)],
    ['X-GZIP', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['zstd', zstdRawFrame(text)],
    ['identity', text],
    ['gzip, br', brotliCompressSync(gzipSync(text))],
    ['br, identity,  gzip', gzipSync(brotliCompressSync(text))],
  ])('are undone: %s', (contentEncoding, bytes) => {
    const { outcome, parts } = partsOf({ bytes, contentEncoding });
    expect(outcome).toBe('complete');
    expect(parts[0]).toEqual(['body', text.toString()]);
    // What brotli passes over can't be told without reading all of it: it is looked at as it stands.
    expect(parts.slice(1).map(([name]) => name)).toEqual(contentEncoding.includes('br') ? ['encoding'] : []);
  });

  it('shows what Zstandard passes over', () => {
    const head = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 9, 0, 0, 0]);
    const bytes = Buffer.concat([head, Buffer.from('passed by'), zstdRawFrame(text)]);
    expect(partsOf({ bytes, contentEncoding: 'zstd' }).parts).toEqual([
      ['body', text.toString()],
      ['encoding', 'passed by'],
    ]);
  });

  it.each([
    ['sdch', text, /'sdch' can't be undone/],
    ['zstd', text, /no whole zstd stream/],
    ['__proto__', text, /can't be undone/],
    ['gzip', text, /no whole gzip stream/],
    ['gzip', gzipSync(text).subarray(0, -9), /no whole gzip stream/],
    ['gzip', Buffer.concat([gzipSync(text), text]), /no whole gzip stream/],
    ['br', Buffer.concat([brotliCompressSync(text), text]), /no whole br stream/],
    ['deflate', Buffer.concat([deflateSync(text), text]), /no whole deflate stream/],
    ['gzip, gzip, gzip, gzip', gzipSync(text), /more than 3/],
  ])('that can not be undone to the last byte fail closed: %s', (contentEncoding, bytes, reason) => {
    const { outcome, parts, ...rest } = partsOf({ bytes, contentEncoding });
    expect(outcome).toBe('cannot-scan');
    expect(rest).toEqual({ reason: expect.stringMatching(reason) });
    expect(parts).toEqual([]);
  });

  it('shows the fields of a gzip header, and both readings of an ambiguous deflate', () => {
    const named = gzipSync(text);
    named[3] = 0x08;
    const bytes = Buffer.concat([named.subarray(0, 10), Buffer.from('the name\0'), named.subarray(10)]);
    const { parts } = partsOf({ bytes, contentEncoding: 'gzip' });
    expect(parts.map(([name]) => name)).toEqual(['body', 'encoding']);
    expect(parts[1]?.[1]).toContain('the name');
  });
});

describe('what grows', () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20));
  it.each([
    ['as a content-encoding', { bytes: bomb, contentEncoding: 'gzip' }],
    ['twice', { bytes: gzipSync(bomb), contentEncoding: 'gzip, gzip' }],
    ['without a word', { bytes: deflateSync(Buffer.alloc(64 * 1024 * 1024)) }],
    ['in brotli', { bytes: brotliCompressSync(Buffer.alloc(64 * 1024 * 1024)), contentEncoding: 'br' }],
    [
      'in base64',
      { bytes: Buffer.from(`{"data":"${deflateSync(Buffer.alloc(1 << 26)).toString('base64')}"}`) },
    ],
  ])('ends as over-budget %s', (_name, source) => {
    expect(partsOf(source).outcome).toBe('over-budget');
  });

  it('stays within its budget where it is taken apart again and again', () => {
    const inner = JSON.stringify({ a: 'x'.repeat(20_000), b: 'y'.repeat(20_000) });
    let nested = inner;
    for (let depth = 0; depth < 3; depth += 1) nested = JSON.stringify({ z: nested, y: nested });
    const { outcome, parts } = partsOf({ bytes: Buffer.from(nested) });
    const visited = parts.reduce((sum, [, part]) => sum + part.length, 0);
    expect(outcome).toBe('complete');
    expect(visited).toBeLessThan(budgetFor(nested.length).remaining);
  });

  it('refuses more parts of a multipart body than are told apart', () => {
    const bytes = Buffer.from(`${'--b\r\nA: b\r\n\r\nx\r\n'.repeat(1001)}--b--\r\n`);
    expect(partsOf({ bytes, contentType: 'multipart/mixed; boundary=b' }).outcome).toBe('cannot-scan');
  });

  it('refuses a Zstandard file that needs a dictionary', () => {
    const bytes = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x01, 0x50, 0x07]), text]);
    expect(partsOf({ bytes }).outcome).toBe('cannot-scan');
  });
});

describe('what is put together', () => {
  it('string values of JSON without keys and numbers', () => {
    const bytes = Buffer.from(
      '{"one":"first ","n":1,"two":["second ",{"x":null,"three":"third"}]}\n"and last"\n',
    );
    expect(partsOf({ bytes }).parts.slice(1)).toEqual([['strings', 'first second thirdand last']]);
  });

  it('string values of JSON in a string', () => {
    const inner = JSON.stringify({ a: 'the inner first ', b: 'and second' });
    const { parts } = partsOf({ bytes: Buffer.from(JSON.stringify({ data: inner, kind: 'x' })) });
    expect(parts).toContainEqual(['strings', 'the inner first and second']);
  });

  it('values of a form, decoded', () => {
    const bytes = Buffer.from('a=one+more&b=%20and%20&c&d=one%21');
    const { parts } = partsOf({ bytes, contentType: 'application/x-www-form-urlencoded' });
    expect(parts.slice(1)).toEqual([['fields', 'one more and cone!']]);
  });

  it.each([
    ['of any kind', 'one of two ', 'and the other'],
    ['that begin like an archive and are none', 'PKu0T92mPq', 'PK and the other'],
  ])('contents of multipart fields %s', (_name, one, other) => {
    const field = (content: string) =>
      `--b\r\nContent-Disposition: form-data; name="f"\r\n\r\n${content}\r\n`;
    const bytes = Buffer.from(`${field(one)}${field(other)}--b--\r\n`);
    const { parts } = partsOf({ bytes, contentType: 'multipart/form-data; boundary="b"' });
    expect(parts.slice(1)).toEqual([['fields', one + other]]);
  });
});
