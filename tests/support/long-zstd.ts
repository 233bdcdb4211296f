const longestBlock = 128 * 1024;

/** A block of Zstandard (RFC 8878, 3.1.1.2): bytes as they are, or one byte so many times. */
function block(kind: 'raw' | 'same', bytes: Buffer, length: number, last = false): Buffer {
  const head = Buffer.alloc(3);
  head.writeUIntLE((length << 3) | ((kind === 'raw' ? 0 : 1) << 1) | (last ? 1 : 0), 0, 3);
  return Buffer.concat([head, bytes]);
}

/** A mebibyte that becomes seventeen, of which a reader has to keep eight. */
export const longZstd = Buffer.concat([
  Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 13 << 3]),
  ...Array.from({ length: 9 }, () =>
    block('raw', Buffer.alloc(longestBlock, 'words of text\n'), longestBlock),
  ),
  ...Array.from({ length: 130 }, () => block('same', Buffer.from(' '), longestBlock)),
]);
/** Completes it. */
export const zstdEnd = block('raw', Buffer.alloc(0), 0, true);
