/** Thrown where bytes are no Zstandard, or such as is not undone here. */
export class ZstdError extends Error {
  readonly kind: 'corrupt' | 'unsupported';

  constructor(kind: ZstdError['kind']) {
    super(`Zstandard: ${kind}`);
    this.kind = kind;
  }
}

export const corrupt = (): ZstdError => new ZstdError('corrupt');

/** A stream of bits that is read from its end (RFC 8878, 4.1). */
export interface BackwardBits {
  readonly bytes: Uint8Array;
  /** Offset of its first byte. */
  readonly start: number;
  /** Bits that are left; below zero: more were taken than there are. */
  left: number;
}

/**
 * @param lenient a stream without its mark is taken, too
 * @throws ZstdError
 */
export function backwardBits(bytes: Uint8Array, start: number, end: number, lenient = false): BackwardBits {
  const last = bytes[end - 1];
  // The highest bit that is set marks the end, and is none of the stream.
  if (end <= start || last === undefined || (last === 0 && !lenient)) throw corrupt();
  if (last === 0) return { bytes, start, left: (end - start) * 8 };
  return { bytes, start, left: (end - start - 1) * 8 + 31 - Math.clz32(last) };
}

/** @param count at most 25 */
export function takeBits(bits: BackwardBits, count: number): number {
  bits.left -= count;
  return bitsAt(bits, bits.left, count);
}

/** Bits before the beginning are zeros. @param at may be below zero */
export function bitsAt({ bytes, start }: BackwardBits, at: number, count: number): number {
  if (at < 0) return at + count <= 0 ? 0 : readBits(bytes, start * 8, at + count) << -at;
  return readBits(bytes, start * 8 + at, count);
}

/** Bits of a stream that is read from its beginning. @param at offset in bits @param count at most 25 */
export function readBits(bytes: Uint8Array, at: number, count: number): number {
  const first = at >>> 3;
  // What is beyond the bytes reads as zero.
  const word =
    (bytes[first] as number) |
    ((bytes[first + 1] as number) << 8) |
    ((bytes[first + 2] as number) << 16) |
    ((bytes[first + 3] as number) << 24);
  return (word >>> (at & 7)) & ((1 << count) - 1);
}
