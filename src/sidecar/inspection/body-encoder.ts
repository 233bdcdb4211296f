import type { Transform } from 'node:stream';
import { constants, createBrotliCompress, createDeflate, createGzip, type Zlib } from 'node:zlib';
import type { ContentCoding } from '../../policy/message/encodings.js';
import { zstdFrameEnd, zstdFrameStart, zstdRawBlocks } from '../../policy/message/zstd/raw-frame.js';
import { createZlibSteps } from './zlib-steps.js';

const streams: Readonly<Record<Exclude<ContentCoding, 'zstd'>, () => Transform & Zlib>> = {
  gzip: () => createGzip(),
  deflate: () => createDeflate(),
  // The usual quality takes a hundred times as long.
  br: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
};

/** Applies a content coding as a body comes. */
export async function* encodeBody(
  coding: ContentCoding,
  content: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  if (coding === 'zstd') {
    yield zstdFrameStart;
    for await (const piece of content) yield zstdRawBlocks(piece);
    yield zstdFrameEnd;
    return;
  }
  const steps = createZlibSteps(streams[coding]());
  try {
    for await (const piece of content) yield* steps.push(piece);
    yield* steps.finish();
  } finally {
    steps.destroy();
  }
}
