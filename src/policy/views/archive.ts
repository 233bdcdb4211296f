import { isText } from '../message/files.js';
import { gzipData, gzipMagic } from '../message/gzip.js';
import { type Compression, type Inflated, inflate, salvage } from '../message/inflate.js';
import { type Budget, costs, spend } from '../scan/budget.js';
import { containedView, type View } from '../scan/view.js';

const zipLocalHeader = Buffer.from('PK\x03\x04', 'latin1');
const zipHeaderLength = 30;
/** The method of a member (APPNOTE 4.4.5) that need not be doubted. */
const deflated = 8;
/** All but the first byte, which is a parenthesis and stands everywhere. */
const zstdRest = Buffer.from('\xb5\x2f\xfd', 'latin1');
const zstdFirst = 0x28;
const pngSignature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/**
 * Members of zip files (APPNOTE 4.3.7), of gzip (RFC 1952) and Zstandard (RFC 8878) files, and PNG's compressed text chunks, wherever in the
 * bytes they begin. What isn't compressed is plain text already, names of members included.
 *
 * Sizes, methods and checksums are not believed: a reader may take them from the directory at the end, or not care.
 * A stream ends where it says so itself.
 */
export function* archiveViews(view: View, budget: Budget): Iterable<View> {
  const { bytes } = view;
  for (let at = bytes.indexOf(zipLocalHeader); at >= 0; at = bytes.indexOf(zipLocalHeader, at + 4)) {
    if (at + zipHeaderLength > bytes.length || !spend(budget, costs.part)) break;
    const data = at + zipHeaderLength + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
    if (bytes.readUInt16LE(at + 8) === deflated) yield* member(view, 'zip', 'raw', at, data, budget);
    else if (!isText(bytes.subarray(data)))
      yield* unpacked(view, 'zip', inflate('raw', bytes.subarray(data), budget, true), at, data);
  }
  for (
    let at = bytes.indexOf(gzipMagic);
    at >= 0 && budget.remaining >= 0;
    at = bytes.indexOf(gzipMagic, at + 3)
  ) {
    const data = gzipData(bytes, at);
    // A name that doesn't end has been looked for up to the end, from each of many heads.
    if (!spend(budget, costs.part + ((data - at) >> 5))) break;
    yield* member(view, 'gzip', 'raw', at, data, budget);
  }
  for (
    let at = bytes.indexOf(zstdRest, 1) - 1;
    at >= 0 && budget.remaining >= 0;
    at = bytes.indexOf(zstdRest, at + 2) - 1
  )
    if (bytes[at] === zstdFirst) yield* member(view, 'zstd', 'zstd', at, at, budget);
  for (let at = bytes.indexOf(pngSignature); at >= 0; at = bytes.indexOf(pngSignature, at + 8))
    yield* pngText(view, at + 8, budget);
}

/** What the stream that begins at `data` gives, as far as it goes; nothing where there is none. */
function* member(
  view: View,
  name: string,
  compression: Compression,
  start: number,
  data: number,
  budget: Budget,
  limit = view.bytes.length,
): Iterable<View> {
  if (data >= limit) return;
  const bytes = view.bytes.subarray(data, limit);
  // What something else was undone in is a damaged copy of what was looked at before.
  const result =
    view.depth === 0 && view.name === 'text'
      ? salvage(compression, bytes, budget)
      : inflate(compression, bytes, budget, true);
  yield* unpacked(view, name, result, start, data);
}

function* unpacked(view: View, name: string, result: Inflated, start: number, data: number): Iterable<View> {
  // Of one that needs more than there is here the first part can be read all the same.
  if (result.outcome !== 'complete' && result.outcome !== 'unsupported') return;
  if (result.bytes.length === 0) return;
  const end = data + result.consumed;
  yield containedView(view, name, result.bytes, () => [start, end]);
}

/** Chunks that hold text, compressed, after a name that ends with a zero byte. */
const compressedChunks = new Set(['zTXt', 'iTXt', 'iCCP']);

/** zTXt, iTXt and iCCP chunks (PNG 11.3.3); tEXt and eXIf are plain text already. */
function* pngText(view: View, from: number, budget: Budget): Iterable<View> {
  const { bytes } = view;
  // Each of many signatures may lead through all the chunks that follow.
  for (let at = from; at + 12 <= bytes.length && spend(budget, costs.part); ) {
    const length = bytes.readUInt32BE(at);
    const kind = bytes.toString('latin1', at + 4, at + 8);
    const end = Math.min(bytes.length, at + 12 + length);
    if (kind === 'IEND') return;
    if (compressedChunks.has(kind)) {
      const data = bytes.subarray(at + 8, Math.min(bytes.length, at + 8 + length));
      const stream = data.indexOf(0x78, data.indexOf(0) + 1);
      if (stream > 0) yield* member(view, 'png', 'zlib', at, at + 8 + stream, budget, at + 8 + data.length);
    }
    at = end;
  }
}
