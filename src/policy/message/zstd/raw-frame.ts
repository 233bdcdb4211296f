const blockSize = 128 * 1024;
/** The beginning of a frame that says no length: a descriptor without any option, a window of 128 KiB (RFC 8878, 3.1.1.1). */
export const zstdFrameStart: Buffer = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]);

/** An empty last block. */
export const zstdFrameEnd: Buffer = Buffer.from([1, 0, 0]);

/** Bytes as blocks of a frame: every reader of Zstandard takes what isn't compressed too. */
export function zstdRawBlocks(bytes: Uint8Array): Buffer {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += blockSize) {
    const part = bytes.subarray(at, at + blockSize);
    const head = Buffer.alloc(3);
    head.writeUIntLE(part.length << 3, 0, 3);
    parts.push(head, part);
  }
  return Buffer.concat(parts);
}

/** A whole frame. */
export const zstdRawFrame = (bytes: Uint8Array): Buffer =>
  Buffer.concat([zstdFrameStart, zstdRawBlocks(bytes), zstdFrameEnd]);
