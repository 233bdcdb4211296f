import { Duplex } from 'node:stream';
import { corrupt } from '../../policy/message/zstd/bits.js';
import { createZstdDecoder, usualWindow, type ZstdOutput } from '../../policy/message/zstd/decoder.js';

/** Bytes of a scan that its tables may cost: so many more, and so many for each of its own. */
const work = { base: 64 * 1024, factor: 8 } as const;

/** Undoes Zstandard, no further than its reader has room. */
export function createZstdStream(): Duplex {
  let received = 0;
  let worked = 0;
  const decoder = createZstdDecoder(usualWindow, (bytes) => {
    worked += bytes;
    if (worked > work.base + received * work.factor) throw corrupt();
  });
  let outputs: Iterator<ZstdOutput> | null = null;
  let written: (() => void) | null = null;

  const advance = () => {
    while (outputs) {
      const { done, value } = outputs.next();
      if (done) {
        outputs = null;
        written?.();
      } else if (!value.skipped && !stream.push(Buffer.from(value.bytes))) return;
    }
  };
  const guarded = (call: () => void) => {
    try {
      call();
    } catch (error) {
      outputs = null;
      stream.destroy(error as Error);
    }
  };
  const stream: Duplex = new Duplex({
    read: () => guarded(advance),
    write(chunk: Buffer, _encoding, callback) {
      received += chunk.length;
      outputs = decoder.push(chunk);
      written = callback;
      guarded(advance);
    },
    final: (callback) =>
      guarded(() => {
        decoder.end();
        stream.push(null);
        callback();
      }),
  });
  return stream;
}
