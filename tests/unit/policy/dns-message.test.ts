import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeAnswer, encodeProblem, parseQuery, responseCodes } from '../../../src/policy/dns-message.js';

interface Parts {
  readonly flags?: number;
  readonly counts?: readonly number[];
  readonly labels?: readonly string[];
  readonly type?: number;
  readonly classCode?: number;
}

function query({
  flags = 0x0100,
  counts = [1, 0, 0, 0],
  labels = ['api', 'Example', 'com'],
  type = 1,
  classCode = 1,
}: Parts = {}): Buffer {
  const header = Buffer.alloc(12);
  [0xbeef, flags, ...counts].forEach((value, index) => {
    header.writeUInt16BE(value, index * 2);
  });
  const name = labels.map((label) =>
    Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')]),
  );
  const tail = Buffer.alloc(5);
  tail.writeUInt16BE(type, 1);
  tail.writeUInt16BE(classCode, 3);
  return Buffer.concat([header, ...name, tail]);
}

describe('DNS messages', () => {
  it('reads one question', () => {
    const parsed = parseQuery(query());
    expect(parsed).toMatchObject({ kind: 'query', query: { id: 0xbeef, name: 'api.Example.com', type: 1 } });
  });

  it('repeats the question letter by letter in the answer', () => {
    const parsed = parseQuery(query());
    if (parsed.kind !== 'query') throw new Error('not a query');
    const answer = encodeAnswer(parsed.query, responseCodes.noError, '198.18.0.2', 60);
    expect(answer.toString('hex')).toBe(
      `beef850000010001000000000361706907${Buffer.from('Example').toString('hex')}03636f6d0000010001c00c000100010000003c0004c6120002`,
    );
  });

  it('says that a name is none without any record', () => {
    const parsed = parseQuery(query());
    if (parsed.kind !== 'query') throw new Error('not a query');
    const answer = encodeAnswer(parsed.query, responseCodes.nameError, null, 60);
    expect(answer.readUInt16BE(2) & 0xf).toBe(3);
    expect(answer.readUInt16BE(6)).toBe(0);
    // Recursion is not available.
    expect(answer.readUInt16BE(2) & 0x80).toBe(0);
  });

  it.each<[string, Parts, number]>([
    ['an update', { flags: 0x2800 }, responseCodes.notImplemented],
    ['two questions', { counts: [2, 0, 0, 0] }, responseCodes.formatError],
    ['an answer in it', { counts: [1, 1, 0, 0] }, responseCodes.formatError],
    ['a class that is not the Internet’s', { classCode: 3 }, responseCodes.refused],
    ['a dot inside a label', { labels: ['api.example', 'com'] }, responseCodes.formatError],
    [
      'a name of more than 255 bytes',
      { labels: new Array(5).fill('a'.repeat(60)) },
      responseCodes.formatError,
    ],
  ])('refuses %s', (_, parts, code) => {
    expect(parseQuery(query(parts))).toEqual({ kind: 'wrong', id: 0xbeef, code });
    expect(encodeProblem(0xbeef, code as 1).length).toBe(12);
  });

  it('follows no pointer', () => {
    const message = query();
    message[12] = 0xc0;
    expect(parseQuery(message)).toMatchObject({ kind: 'wrong', code: responseCodes.formatError });
  });

  it.each([
    ['an answer', query({ flags: 0x8180 })],
    ['what is shorter than a header', Buffer.alloc(11)],
    ['what is longer than a question can be', Buffer.alloc(513)],
  ])('says nothing to %s', (_, message) => {
    expect(parseQuery(message)).toEqual({ kind: 'silence' });
  });

  it('never throws, and never answers with more than it was asked and one record', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 600 }), (bytes) => {
        const parsed = parseQuery(Buffer.from(bytes));
        if (parsed.kind !== 'query') return;
        const answer = encodeAnswer(parsed.query, responseCodes.noError, '198.18.0.2', 60);
        expect(answer.length).toBeLessThanOrEqual(bytes.length + 16);
      }),
    );
  });
});
