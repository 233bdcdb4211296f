import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFile } from '../../../../src/policy/message/files.js';
import { inflate } from '../../../../src/policy/message/inflate.js';
import { ZstdError } from '../../../../src/policy/message/zstd/bits.js';
import { createZstdDecoder, usualWindow } from '../../../../src/policy/message/zstd/decoder.js';
import { zstdRawFrame } from '../../../../src/policy/message/zstd/raw-frame.js';
import { budgetFor } from '../../../../src/policy/scan/budget.js';
import { textView } from '../../../../src/policy/scan/view.js';
import { archiveViews } from '../../../../src/policy/views/archive.js';
import { randomOf } from '../../../support/fuzzing.js';
import { hasProgram, needs } from '../../../support/needs.js';
import { zstdCompress, zstdDecompress } from '../../../support/zstd.js';
import { zstdLines } from '../../../support/zstd-lines.js';

const fixture = (name: string) => readFileSync(join(__dirname, `../../../fixtures/zstd/${name}.zst`));
const lines = zstdLines();
const packed = fixture('lines-3');
const header = packed.subarray(0, 4);

/** Content, and what is passed over, of a stream that comes in pieces of `size`. */
function decode(bytes: Buffer, size = Math.max(1, bytes.length)) {
  const decoder = createZstdDecoder(usualWindow, () => {});
  const content: Buffer[] = [];
  const skipped: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size)
    for (const output of decoder.push(bytes.subarray(at, at + size)))
      (output.skipped ? skipped : content).push(Buffer.from(output.bytes));
  decoder.end();
  return { content: Buffer.concat(content), skipped: Buffer.concat(skipped) };
}

const skippable = (text: string): Buffer => {
  const head = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
  head.writeUInt32LE(text.length, 4);
  return Buffer.concat([head, Buffer.from(text)]);
};
const block = (kind: number, length: number, ...content: number[]): Buffer =>
  Buffer.from([((length << 3) & 0xff) | (kind << 1), (length >> 5) & 0xff, length >> 13, ...content]);
const last = (bytes: Buffer): Buffer => {
  bytes[0] = (bytes[0] as number) | 1;
  return bytes;
};
/** A frame with a window of 1 MiB. */
const frame = (...blocks: Buffer[]): Buffer => Buffer.concat([header, Buffer.from([0, 0x50]), ...blocks]);

describe('what the reference compressed', () => {
  it.each(['lines-1', 'lines-3', 'lines-19'])('is undone, in one piece and in many: %s', (name) => {
    for (const size of [undefined, 1, 7, 1000]) expect(decode(fixture(name), size).content).toEqual(lines);
  });

  it('is undone frame after frame, and what stands between them is told apart', () => {
    const bytes = Buffer.concat([
      skippable('first'),
      packed,
      skippable(''),
      skippable(' more'),
      fixture('short'),
    ]);
    for (const size of [undefined, 1, 3]) {
      const { content, skipped } = decode(bytes, size);
      expect(content).toEqual(Buffer.concat([lines, lines.subarray(0, 3000)]));
      expect(skipped.toString()).toBe('first more');
    }
  });
});

describe('what is no whole stream', () => {
  it('is refused, cut off at any byte', () => {
    const short = fixture('short');
    for (let length = 1; length < short.length; length += 1)
      expect(() => decode(short.subarray(0, length))).toThrow(ZstdError);
  });

  it.each([
    ['something else behind it', Buffer.concat([packed, Buffer.from('a text')])],
    ['another format', Buffer.from('no Zstandard at all')],
    ['a dictionary', Buffer.concat([header, Buffer.from([1, 0x50, 7]), last(block(0, 1, 0x41))])],
    ['a window of 16 MiB', Buffer.concat([header, Buffer.from([0, 14 << 3]), last(block(0, 1, 0x41))])],
    [
      'a length of 2⁶² bytes',
      Buffer.concat([header, Buffer.from([0xe0, 0, 0, 0, 0, 0, 0, 0, 0x40]), last(block(0, 1, 0x41))]),
    ],
    ['a reserved bit', Buffer.concat([header, Buffer.from([8, 0x50]), last(block(0, 1, 0x41))])],
    ['a reserved kind of block', frame(last(block(3, 1, 0x41)))],
    ['a longer block than there may be', frame(last(block(1, 131_073, 0x41)))],
    ['another length than it says', Buffer.concat([header, Buffer.from([0x20, 9]), last(block(0, 1, 0x41))])],
    ['a tree that nobody sent', frame(last(block(2, 6, 0x13, 0x40, 0, 1, 0, 0)))],
    ['tables that nobody sent', frame(last(block(2, 4, 0x00, 1, 0xfc, 1)))],
  ])('is refused: %s', (_name, bytes) => {
    expect(() => decode(bytes)).toThrow(ZstdError);
  });

  it('never leads beyond its bounds, whatever is changed in it', () => {
    const random = randomOf(8878);
    const streams = [fixture('short'), fixture('lines-19'), packed];
    for (let round = 0; round < 1500; round += 1) {
      const bytes = Buffer.from(streams[round % 3] as Buffer);
      for (let change = 0; change <= round % 4; change += 1)
        bytes[Math.floor(random() * (round % 2 ? 60 : bytes.length))] = Math.floor(random() * 256);
      const budget = budgetFor(bytes.length);
      const { inflatable = 0 } = budget;
      const result = inflate('zstd', bytes, budget, true);
      if (result.outcome !== 'complete') continue;
      expect(result.bytes.length).toBeLessThanOrEqual(inflatable);
      expect(result.consumed).toBeLessThanOrEqual(bytes.length);
    }
  });
});

describe('what the reference reads although it shouldn’t', () => {
  const raw = (length: number, letter: number) => block(0, length, ...Buffer.alloc(length, letter));
  /** One copy of three bytes from 1500 before, after reserved bits. */
  const copy = (reserved: number) =>
    last(block(2, 8, 0x00, 1, 0x54 | reserved, 0, 10, 0, ...Buffer.from([0xdf, 0x05])));
  const small = (...blocks: Buffer[]) => Buffer.concat([header, Buffer.from([0, 0]), ...blocks]);

  it.each([
    ['more of one byte than a block may be', frame(last(block(1, 200_000, 0x41))), 200_000],
    ['a copy from beyond the window', small(raw(1000, 0x41), raw(1000, 0x42), copy(0)), 2003],
    ['bits that are reserved', frame(raw(2000, 0x41), copy(1)), 2003],
    ['a longer text than it said', Buffer.concat([header, Buffer.from([0x20, 2]), last(raw(3, 0x41))]), 3],
  ])('is read in files: %s', (_name, bytes, length) => {
    expect(() => decode(bytes)).toThrow(ZstdError);
    const result = inflate('zstd', bytes, budgetFor(bytes.length), true);
    expect(result.outcome === 'complete' && result.bytes.length).toBe(length);
  });

  it('is read in files before what needs a dictionary', () => {
    const needy = Buffer.concat([header, Buffer.from([1, 0x50, 7]), last(block(0, 1, 0x41))]);
    const bytes = Buffer.concat([Buffer.from('and a file: '), packed, needy]);
    const views = [...archiveViews(textView(bytes), budgetFor(bytes.length))];
    expect(views.map((view) => view.bytes)).toContainEqual(lines);
  });
});

describe('what costs more than it looks', () => {
  it('takes one frame’s memory for the next', () => {
    const one = frame(last(block(2, 3, 0x08, 0x41, 0x00)));
    const buffers = new Set<ArrayBufferLike>();
    for (const { bytes } of createZstdDecoder(usualWindow, () => {}).push(Buffer.concat([one, one, one]))) {
      expect(Buffer.from(bytes).toString()).toBe('A');
      buffers.add(bytes.buffer);
    }
    expect(buffers.size).toBe(1);
  });

  it('never shows one frame another’s bytes', () => {
    const reach = last(block(2, 8, 0x00, 1, 0x54, 0, 10, 0, 0xdf, 0x05));
    const first = frame(last(block(1, 3000, 0x41)));
    expect(() => decode(Buffer.concat([first, frame(block(0, 1, 0x42), reach)]))).toThrow(ZstdError);
  });

  it('ends as over-budget: frames to skip, looked at again and again', () => {
    const empty = frame(last(block(0, 0)));
    const bytes = Buffer.concat([
      ...Array.from({ length: 20 }, () => empty),
      ...Array.from({ length: 12_000 }, () => skippable('')),
    ]);
    const budget = budgetFor(bytes.length);
    expect([...archiveViews(textView(bytes), budget)]).toEqual([]);
    expect(budget.remaining).toBeLessThan(0);
  });

  it.each([
    [
      'one byte for a hundred thousand',
      frame(...Array.from({ length: 1000 }, () => block(1, 131_072, 0x41))),
    ],
    ['blocks without anything in them', frame(...Array.from({ length: 100_000 }, () => block(0, 0)))],
  ])('ends as over-budget: %s', (_name, bytes) => {
    expect(inflate('zstd', bytes, budgetFor(bytes.length), true)).toEqual({ outcome: 'over-budget' });
  });

  it('takes no more memory for a long window than for what is in it', () => {
    const before = process.memoryUsage().arrayBuffers;
    const decoders = Array.from({ length: 100 }, () => createZstdDecoder(usualWindow, () => {}));
    const bytes = Buffer.concat([header, Buffer.from([0, 13 << 3]), block(0, 1, 0x41)]);
    for (const decoder of decoders)
      for (const { bytes: made } of decoder.push(bytes)) expect(made).toHaveLength(1);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * 1024 * 1024);
  });
});

describe('a file', () => {
  it('is opened, and refused where it can’t be', () => {
    expect(openFile(packed, budgetFor(packed.length))).toEqual({ outcome: 'complete', contents: [lines] });
    const needy = Buffer.concat([
      header,
      Buffer.from([1, 0x50, 7]),
      last(block(0, 9, ...lines.subarray(0, 9))),
    ]);
    expect(openFile(needy, budgetFor(needy.length)).outcome).toBe('cannot-scan');
    expect(openFile(Buffer.concat([packed, needy]), budgetFor(packed.length)).outcome).toBe('cannot-scan');
  });

  it('is read to its end where it is damaged in a way that the reference doesn’t see', () => {
    // Of four streams of letters one is longer than its letters: their lengths stand before them.
    const read: Buffer[] = [];
    for (let at = 20; at < 400; at += 1) {
      const bytes = Buffer.from(fixture('lines-1'));
      bytes[at] = (bytes[at] as number) ^ 0x10;
      if (inflate('zstd', bytes, budgetFor(bytes.length), false).outcome === 'complete') continue;
      const result = inflate('zstd', bytes, budgetFor(bytes.length), true);
      if (result.outcome === 'complete' && result.bytes.length === lines.length) read.push(result.bytes);
    }
    expect(read.filter((bytes) => bytes.includes('it was seen')).length).toBeGreaterThan(10);
  });

  it('is read as far as it goes where something else follows', () => {
    const bytes = Buffer.concat([packed, Buffer.from('and more')]);
    const result = inflate('zstd', bytes, budgetFor(bytes.length), true);
    expect(result).toMatchObject({ outcome: 'complete', bytes: lines, consumed: packed.length });
  });
});

needs('zstd', hasProgram('zstd'), 'beside the reference', () => {
  it('decodes what it encodes, at any level', () => {
    const random = randomOf(1492);
    for (let round = 0; round < 24; round += 1) {
      const words = Array.from({ length: 1 + round * 3 }, () => Math.floor(random() * 1e9).toString(36));
      const length = Math.floor(random() ** 4 * 60_000);
      let text = '';
      while (text.length < length)
        text +=
          random() < 0.2 ? Math.floor(random() * 1e9) : `${words[Math.floor(random() ** 2 * words.length)]} `;
      const bytes = Buffer.from(text.slice(0, length));
      const level = `-${[1, 3, 9, 15, 19][round % 5]}`;
      const coded = zstdCompress(bytes, level, ...(round % 2 ? ['--no-check'] : ['--no-content-size']));
      expect(decode(coded, 1 + Math.floor(random() * 5000)).content).toEqual(bytes);
    }
  });

  it('encodes what that decodes', () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('a'), lines, Buffer.alloc(300_000, 'some text ')])
      expect(zstdDecompress(zstdRawFrame(bytes))).toEqual(bytes);
  });
});
