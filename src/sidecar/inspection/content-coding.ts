import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import type { RawHeaders } from '../../policy/request-head.js';
import { valuesOf } from '../../policy/request-head.js';

/** A content coding (RFC 9110, 8.4.1) that can be undone here. */
export type Coding = 'gzip' | 'deflate' | 'br' | 'zstd';

/** Why a body can't be looked into. */
export type CodingProblem = 'unknown' | 'broken' | 'too-large';

/** What one body may decode to. Bytes. */
export const decodedLimit = 16 * 1024 * 1024;
/** Codings in each other; a sender that means well needs one. */
const mostCodings = 3;

type Transform = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;
type Encode = (bytes: Buffer) => Promise<Buffer>;

const names: Readonly<Record<string, Coding>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
  br: 'br',
  zstd: 'zstd',
};

// Newer runtimes have it; the types of the oldest supported one don't say so.
const { zstdCompress, zstdDecompress } = zlib as unknown as Record<string, typeof zlib.gzip | undefined>;

const decoders: Readonly<Record<Coding, Transform | null>> = {
  gzip: promisify(zlib.gunzip) as Transform,
  deflate: async (bytes, options) => {
    // Meant to be zlib's format, sent by some as bare deflate.
    const wrapped = ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.length > 1 && bytes.readUInt16BE(0) % 31 === 0;
    return promisify(wrapped ? zlib.inflate : zlib.inflateRaw)(bytes, options) as Promise<Buffer>;
  },
  br: promisify(zlib.brotliDecompress) as Transform,
  zstd: zstdDecompress ? (promisify(zstdDecompress) as unknown as Transform) : null,
};

const encoders: Readonly<Record<Coding, Encode | null>> = {
  gzip: promisify(zlib.gzip) as Encode,
  deflate: promisify(zlib.deflate) as Encode,
  br: promisify(zlib.brotliCompress) as Encode,
  zstd: zstdCompress ? (promisify(zstdCompress) as unknown as Encode) : null,
};

/** The codings of a body, in the order in which they were applied; null: one of them can't be undone. */
export function codingsOf(headers: RawHeaders): readonly Coding[] | null {
  const codings: Coding[] = [];
  for (const value of valuesOf(headers, 'content-encoding')) {
    for (const part of value.split(',')) {
      const token = part.trim().toLowerCase();
      if (token === '' || token === 'identity') continue;
      const coding = Object.hasOwn(names, token) ? names[token] : undefined;
      if (!coding || !decoders[coding] || codings.length >= mostCodings) return null;
      codings.push(coding);
    }
  }
  return codings;
}

/** Undoes the codings of a whole body, last one first. */
export async function decodeBody(
  bytes: Buffer,
  codings: readonly Coding[],
): Promise<Buffer | CodingProblem> {
  let decoded = bytes;
  for (const coding of [...codings].reverse()) {
    const decode = decoders[coding];
    if (!decode) return 'unknown';
    try {
      decoded = await decode(decoded, { maxOutputLength: decodedLimit });
    } catch (error) {
      return (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'broken';
    }
  }
  return decoded;
}

/** Applies the codings again. @throws whatever zlib does */
export async function encodeBody(bytes: Buffer, codings: readonly Coding[]): Promise<Buffer> {
  let encoded = bytes;
  for (const coding of codings) {
    const encode = encoders[coding];
    if (!encode) throw new Error(`no encoder for ${coding}`);
    encoded = await encode(encoded);
  }
  return encoded;
}
