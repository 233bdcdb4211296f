import { corrupt } from './bits.js';
import { decodeStream, type HuffmanTable, readHuffman } from './huffman.js';

export interface Literals {
  readonly bytes: Uint8Array;
  /** Offset after the section. */
  readonly end: number;
  /** The tree that the next block may use again; null: none yet. */
  readonly huffman: HuffmanTable | null;
  /** A tree of its own came with it. */
  readonly fresh: boolean;
}

const raw = 0;
const repeated = 1;
const ownTree = 2;
/** Below it four streams make no sense, and are not taken by others either. */
const leastOfFour = 6;

/** Reads a block's literals (RFC 8878, 3.1.1.3.1). @throws ZstdError */
export function readLiterals(
  bytes: Uint8Array,
  start: number,
  limit: number,
  most: number,
  known: HuffmanTable | null,
  lenient: boolean,
): Literals {
  const first = bytes[start] as number;
  const kind = first & 3;
  const format = (first >> 2) & 3;
  if (kind === raw || kind === repeated) {
    const header = format === 1 ? 2 : format === 3 ? 3 : 1;
    const size = littleEndian(bytes, start, header) >>> (header === 1 ? 3 : 4);
    const from = start + header;
    const end = from + (kind === raw ? size : 1);
    if (size > most || end > limit) throw corrupt();
    const literals =
      kind === raw ? bytes.subarray(from, end) : new Uint8Array(size).fill(bytes[from] as number);
    return { bytes: literals, end, huffman: known, fresh: false };
  }
  const width = format < 2 ? 10 : format === 2 ? 14 : 18;
  const header = format < 2 ? 3 : format + 2;
  const low = littleEndian(bytes, start, 4);
  const size = (low >>> 4) & ((1 << width) - 1);
  // The second number begins at bit 4 + width, and may reach into a fifth byte.
  const packed = (low >>> (4 + width)) | (header === 5 ? (bytes[start + 4] as number) << (28 - width) : 0);
  const end = start + header + (packed & ((1 << width) - 1));
  if (size > most || end > limit) throw corrupt();
  let from = start + header;
  let huffman = known;
  if (kind === ownTree) ({ table: huffman, end: from } = readHuffman(bytes, from, end));
  if (!huffman) throw corrupt();
  const out = new Uint8Array(size);
  if (format === 0) decodeStream(huffman, bytes, from, end, out, lenient);
  else decodeFour(huffman, bytes, from, end, out, lenient);
  return { bytes: out, end, huffman, fresh: kind === ownTree };
}

/** Four streams, of which the last says by what is left how long it is. */
function decodeFour(
  huffman: HuffmanTable,
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  lenient: boolean,
): void {
  const each = (out.length + 3) >> 2;
  if (out.length < leastOfFour || start + 6 > end || 3 * each > out.length) throw corrupt();
  let from = start + 6;
  for (let stream = 0; stream < 4; stream += 1) {
    const to = stream === 3 ? end : from + littleEndian(bytes, start + 2 * stream, 2);
    if (to > end) throw corrupt();
    const part = out.subarray(stream * each, stream === 3 ? out.length : (stream + 1) * each);
    decodeStream(huffman, bytes, from, to, part, lenient);
    from = to;
  }
}

/** @param count at most 4 */
export function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let index = 0; index < count; index += 1) value |= (bytes[at + index] as number) << (8 * index);
  return value >>> 0;
}
