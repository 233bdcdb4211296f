import { PassThrough, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { splitFrames } from '../../../../src/backends/docker/frames.js';

function frame(stream: 1 | 2, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

const input = Buffer.concat([frame(1, 'out'), frame(2, 'error'), frame(1, ''), frame(1, ' more')]);

describe('frames of a container’s output', () => {
  it.each([1, 2, 3, 7, 8, 9, 100])('are told apart however they are cut (%i bytes)', async (size) => {
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    const split = splitFrames(stdout, stderr);
    split.resume();
    for (let offset = 0; offset < input.length; offset += size)
      split.write(input.subarray(offset, offset + size));
    split.end();
    await finished(split);
    expect(stdout.read()?.toString()).toBe('out more');
    expect(stderr.read()?.toString()).toBe('error');
  });

  it('a receiver that is slow is waited for', async () => {
    let release = () => {};
    const received: number[] = [];
    const slow = new Writable({
      highWaterMark: 1,
      write(chunk, _encoding, done) {
        received.push(chunk.length);
        release = done;
      },
    });
    const split = splitFrames(slow, new PassThrough());
    split.resume();
    let accepted = 0;
    for (let index = 0; index < 100; index += 1) {
      if (!split.write(frame(1, 'x'.repeat(10_000)))) break;
      accepted += 1;
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(accepted).toBeLessThan(100);
    expect(received).toEqual([10_000]);
    release();
    await new Promise((resolve) => setImmediate(resolve));
    expect(received.length).toBe(2);
  });
});
