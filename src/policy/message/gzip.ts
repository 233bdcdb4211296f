/** What a gzip member of deflated data begins with (RFC 1952, 2.3). */
export const gzipMagic = Buffer.from([0x1f, 0x8b, 0x08]);

const hasExtra = 0x04;
const hasName = 0x08;
const hasComment = 0x10;
const hasHeaderChecksum = 0x02;
/** The optional fields that carry text. */
const textFields = hasExtra | hasName | hasComment;

/** Offset of the deflated data of the member that begins at `at`; the end of the bytes where the header is cut short. */
export function gzipData(bytes: Buffer, at: number): number {
  const flags = bytes[at + 3] ?? 0;
  let from = at + 10;
  if (flags & hasExtra) from += 2 + (bytes[from] ?? 0) + ((bytes[from + 1] ?? 0) << 8);
  for (const field of [hasName, hasComment]) {
    if (!(flags & field)) continue;
    const zero = bytes.indexOf(0, from);
    if (zero < 0) return bytes.length;
    from = zero + 1;
  }
  if (flags & hasHeaderChecksum) from += 2;
  return Math.min(from, bytes.length);
}

/** Whether a member's header has fields with text. */
export const hasText = (bytes: Buffer): boolean => ((bytes[3] ?? 0) & textFields) !== 0;

/** Whether something besides the data can be read in a whole gzip file: header fields with text, or a second member. */
export function saysMore(bytes: Buffer): boolean {
  return hasText(bytes) || bytes.indexOf(gzipMagic, 1) > 0;
}
