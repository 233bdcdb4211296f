/** Bytes of what they made that all decoders together keep, to copy from: some keep up to sixteen mebibytes. */
const most = 128 * 1024 * 1024;
/** Bytes of brotli's longest window. */
const longestBrotli = 16 * 1024 * 1024;

export interface DecoderMemory {
  /** What it keeps by now, in bytes; false: all of them keep too much. */
  take(bytes: number): boolean;
  /** It keeps nothing any more, and never will. */
  release(): void;
}

/** Bytes of the window of a brotli stream (RFC 7932, 9.1). @param first its first byte; null: nobody knows */
export function brotliWindow(first: number | null): number {
  if (first === null) return longestBrotli;
  if ((first & 1) === 0) return 2 ** 16;
  const low = (first >> 1) & 7;
  if (low !== 0) return 2 ** (17 + low);
  const high = (first >> 4) & 7;
  return 2 ** (high === 0 ? 17 : 8 + high);
}

export function countDecoder(held: { decoders: number }): DecoderMemory {
  let taken = 0;
  let over = false;
  const set = (bytes: number) => {
    held.decoders += bytes - taken;
    taken = bytes;
  };
  return {
    take(bytes) {
      if (over || bytes === taken) return true;
      set(bytes);
      return held.decoders <= most;
    },
    release() {
      over = true;
      set(0);
    },
  };
}
