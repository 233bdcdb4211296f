/** Bytes of what they made that all decoders together keep, to copy from: some keep up to sixteen mebibytes. */
const most = 128 * 1024 * 1024;
/** Of brotli's longest window (RFC 7932, 9.1). */
export const brotliWindow = 16 * 1024 * 1024;

export interface DecoderMemory {
  /** What it keeps by now, in bytes; false: all of them keep too much. */
  take(bytes: number): boolean;
  /** It keeps nothing any more, and never will. */
  release(): void;
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
