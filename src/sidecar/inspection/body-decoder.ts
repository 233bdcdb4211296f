import type { Transform } from 'node:stream';
import { createBrotliDecompress, createInflate, createInflateRaw, type Zlib } from 'node:zlib';
import type { ContentCoding } from '../../policy/message/encodings.js';
import { createZstdDecoder, usualWindow } from '../../policy/message/zstd/decoder.js';
import { brotliWindow } from '../decoder-memory.js';
import { createWorkLimit, zstdWork } from '../decoding-work.js';
import { createGzipDecoder } from './gzip-decoder.js';
import { createZlibSteps } from './zlib-steps.js';

export interface DecodedPart {
  readonly bytes: Buffer;
  /** No content, but a reader could see it: names in a gzip header, what is passed over. */
  readonly besides: boolean;
}

/** How far a body is undone: of so many of its bytes came no more than so many bytes of content. */
export interface DecodedMark {
  readonly body: number;
  readonly content: number;
}

/** Undoes a content coding as a body comes. */
export interface BodyDecoder {
  /** All that `chunk` completes. @throws Error where it is none such */
  push(chunk: Buffer): AsyncGenerator<DecodedPart>;
  /** The rest. @throws Error where there must be more */
  end(): AsyncGenerator<DecodedPart>;
  /** Asked when a part came. */
  readonly mark: () => DecodedMark;
  /** Bytes that it keeps of what it made, where that is worth a count. */
  readonly memory: () => number;
  destroy(): void;
}

const decoders: Readonly<Record<ContentCoding, () => BodyDecoder>> = {
  gzip: createGzipDecoder,
  zstd: createZstdBodyDecoder,
  br: () => createOneStreamDecoder(() => createBrotliDecompress(), brotliWindow),
  deflate: () =>
    createOneStreamDecoder(
      (first) =>
        // RFC 9110, 8.4.1.2: zlib's format is meant, and its compressed data alone is what some send.
        (first & 0x0f) === 8 ? createInflate() : createInflateRaw(),
      () => 0,
    ),
};

export const createBodyDecoder = (coding: ContentCoding): BodyDecoder => decoders[coding]();

function createZstdBodyDecoder(): BodyDecoder {
  const limit = createWorkLimit(zstdWork);
  const decoder = createZstdDecoder(usualWindow, limit.work);
  let told = 0;
  return {
    async *push(chunk) {
      limit.received(chunk.length);
      for (const { bytes, skipped } of decoder.push(chunk)) {
        if (!skipped) told += bytes.length;
        yield { bytes: Buffer.from(bytes), besides: skipped };
      }
    },
    // biome-ignore lint/correctness/useYield: there is nothing left to come
    async *end() {
      decoder.end();
    },
    mark: () => ({ body: decoder.consumed(), content: told }),
    memory: decoder.memory,
    destroy: () => {},
  };
}

/**
 * One stream from the first byte to the last.
 *
 * @param open given the first byte
 * @param windowOf bytes of what it made that it keeps, by its first
 */
function createOneStreamDecoder(
  open: (first: number) => Transform & Zlib,
  windowOf: (first: number) => number,
): BodyDecoder {
  let steps: ReturnType<typeof createZlibSteps> | null = null;
  let given = 0;
  let told = 0;
  let window = 0;
  const part = (bytes: Buffer): DecodedPart => {
    told += bytes.length;
    return { bytes, besides: false };
  };
  return {
    async *push(chunk) {
      if (chunk.length === 0) return;
      if (!steps) {
        const first = chunk[0] as number;
        steps = createZlibSteps(open(first));
        window = windowOf(first);
      }
      given += chunk.length;
      for await (const bytes of steps.push(chunk)) yield part(bytes);
      if (steps.ended() && steps.consumed() < given) throw new Error('something follows the stream');
    },
    async *end() {
      if (steps) for await (const bytes of steps.finish()) yield part(bytes);
    },
    mark: () => ({ body: steps?.consumed() ?? 0, content: told + (steps?.waiting() ?? 0) }),
    memory: () => Math.min(told, window),
    destroy: () => steps?.destroy(),
  };
}
