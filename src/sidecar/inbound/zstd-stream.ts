import { Duplex } from 'node:stream';
import { createZstdDecoder, usualWindow, type ZstdOutput } from '../../policy/message/zstd/decoder.js';
import { createWorkLimit, zstdWork } from '../decoding-work.js';

/** Undoes Zstandard, no further than its reader has room. @param onMemory told how many bytes it keeps */
export function createZstdStream(onMemory: (bytes: number) => void): Duplex {
  const limit = createWorkLimit(zstdWork);
  const decoder = createZstdDecoder(usualWindow, limit.work);
  let outputs: Iterator<ZstdOutput> | null = null;
  let written: (() => void) | null = null;

  const advance = () => {
    while (outputs) {
      const { done, value } = outputs.next();
      onMemory(decoder.memory());
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
      limit.received(chunk.length);
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
