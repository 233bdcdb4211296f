/** Checks that a provider builds into its tokens, so that a made-up one can be told from a real one. */
export type ChecksumName = 'base62-crc32';

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** CRC-32 as in ISO 3309 and PNG, of the bytes in `[start, end)`. */
function crc32(bytes: Uint8Array, start: number, end: number): number {
  let value = 0xffffffff;
  for (let i = start; i < end; i += 1)
    value = (crcTable[(value ^ (bytes[i] as number)) & 0xff] as number) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

/**
 * The last six bytes are the CRC-32 of those before them, in base 62 (GitHub's and npm's tokens since 2021,
 * described by GitHub in 'Behind GitHub's new authentication token formats').
 */
function base62Crc32(bytes: Uint8Array, start: number, end: number): boolean {
  let value = crc32(bytes, start, end - 6);
  for (let at = end - 1; at >= end - 6; at -= 1) {
    if (bytes[at] !== base62.charCodeAt(value % 62)) return false;
    value = Math.floor(value / 62);
  }
  return true;
}

export const checksums: Readonly<
  Record<ChecksumName, (bytes: Uint8Array, start: number, end: number) => boolean>
> = {
  'base62-crc32': base62Crc32,
};
