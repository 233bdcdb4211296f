import { describe, expect, test } from 'vitest';
import { createFrameReader, opcodes } from '../../../src/sidecar/websocket/frame-reader.js';
import { encodeClose, encodeFrame } from '../../../src/sidecar/websocket/frame-writer.js';

interface Read {
  readonly messages: { readonly text: boolean; readonly payload: Buffer }[];
  readonly controls: { readonly opcode: number; readonly payload: Buffer }[];
  readonly broken: string[];
}

/** Reads `bytes` in pieces of `size` bytes. */
function read(bytes: Buffer, masked: boolean, size = bytes.length): Read {
  const out: Read = { messages: [], controls: [], broken: [] };
  let parts: Buffer[] = [];
  const reader = createFrameReader(masked, {
    onData: (frame, piece, end) => {
      if (frame.first && parts.length > 0) throw new Error('a message inside another');
      parts.push(Buffer.from(piece));
      if (!frame.last || !end) return;
      out.messages.push({ text: frame.text, payload: Buffer.concat(parts) });
      parts = [];
    },
    onControl: (opcode, payload) => out.controls.push({ opcode, payload }),
    onBroken: (code, why) => out.broken.push(`${code} ${why}`),
  });
  for (let at = 0; at < bytes.length; at += Math.max(1, size)) reader.push(bytes.subarray(at, at + size));
  return out;
}

describe('frames that are written', () => {
  test.each([0, 1, 125, 126, 127, 65_535, 65_536, 100_000])('are read again: %i bytes', (length) => {
    const payload = Buffer.from(Array.from({ length }, (_, index) => index & 0xff));
    for (const masked of [true, false]) {
      const frame = encodeFrame(opcodes.binary, true, payload, masked);
      for (const size of [frame.length, 7, 1]) {
        if (size === 1 && length > 1000) continue;
        const { messages, broken } = read(frame, masked, size);
        expect(broken).toEqual([]);
        expect(messages).toHaveLength(1);
        expect(messages[0]?.payload.equals(payload)).toBe(true);
      }
    }
  });

  test('a mask is never the same twice', () => {
    const masks = Array.from({ length: 3000 }, () =>
      encodeFrame(opcodes.text, true, Buffer.from('x'), true).toString('hex', 2, 6),
    );
    expect(new Set(masks).size).toBeGreaterThan(2990);
  });

  test('a close frame holds at most 125 bytes', () => {
    const { controls, broken } = read(encodeClose(1008, 'why '.repeat(100), false), false);
    expect(broken).toEqual([]);
    expect(controls[0]?.payload.readUInt16BE(0)).toBe(1008);
    expect(controls[0]?.payload.length).toBe(125);
  });

  test('control frames pass between the fragments of a message', () => {
    const bytes = Buffer.concat([
      encodeFrame(opcodes.text, false, Buffer.from('Hel'), true),
      encodeFrame(opcodes.ping, true, Buffer.from('!'), true),
      encodeFrame(opcodes.continuation, true, Buffer.from('lo'), true),
    ]);
    for (let size = 1; size <= bytes.length; size += 1) {
      const { messages, controls } = read(bytes, true, size);
      expect(messages.map(({ payload }) => payload.toString())).toEqual(['Hello']);
      expect(controls.map(({ payload }) => payload.toString())).toEqual(['!']);
    }
  });
});

describe('what breaks the protocol', () => {
  const ok = encodeFrame(opcodes.text, true, Buffer.from('a'), false);
  const cases: readonly (readonly [string, Buffer, string])[] = [
    ['a reserved bit', Buffer.from([0xc1, 0x00]), '1002 a reserved bit is set'],
    ['an unknown data opcode', Buffer.from([0x83, 0x00]), '1002 an unknown opcode'],
    ['an unknown control opcode', Buffer.from([0x8b, 0x00]), '1002 an unknown opcode'],
    ['a mask from a server', encodeFrame(1, true, Buffer.from('a'), true), '1002 a frame is masked'],
    ['a control frame in fragments', Buffer.from([0x09, 0x00]), '1002 a control frame in fragments'],
    ['a control frame of 126 bytes', Buffer.from([0x89, 126, 0, 126]), '1002 a control frame is too long'],
    ['a continuation of nothing', Buffer.from([0x80, 0x00]), '1002 a continuation of nothing'],
    ['a message inside another', Buffer.from([0x01, 0x00, 0x81, 0x00]), '1002 a message inside another'],
    ['a length not the shortest', Buffer.from([0x82, 126, 0, 5]), '1002 a length that is not the shortest'],
    [
      'a long length not the shortest',
      Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 0, 255, 255]),
      '1002 a length that is none',
    ],
    ['a negative length', Buffer.from([0x82, 127, 255, 0, 0, 0, 0, 0, 0, 0]), '1002 a length that is none'],
    ['a length beyond reason', Buffer.from([0x82, 127, 0, 0x7f, 0, 0, 0, 0, 0, 0]), '1009 too long'],
    [
      'half a close code',
      encodeFrame(opcodes.close, true, Buffer.from([3]), false),
      '1002 half a close code',
    ],
    [
      'a close code of no one',
      encodeFrame(opcodes.close, true, Buffer.from([3, 237]), false),
      '1002 a close code that is none',
    ],
  ];
  test.each(cases)('%s', (_name, bytes, why) => {
    for (const size of [1, bytes.length + ok.length]) {
      const { broken, messages } = read(Buffer.concat([ok, bytes, ok]), false, size);
      expect(broken).toEqual([why]);
      expect(messages.length).toBe(1);
    }
  });

  test('no mask from a client', () => {
    expect(read(ok, true).broken).toEqual(['1002 a frame is not masked']);
  });
});
