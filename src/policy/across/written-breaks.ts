/** A longer text needn't write a letter a line to carry a value. Bytes. */
const longest = 2048;
const backslash = 0x5c;
/** `n`, `r` and `t` after a backslash. */
const isBreak = Uint8Array.from({ length: 256 }, (_, byte) => ([0x6e, 0x72, 0x74].includes(byte) ? 1 : 0));

/**
 * The text with a blank for each line break and tab that is written out, as a string of JSON does in two letters of
 * which one would pass for a letter of a value. null: there are none, or the text is long.
 */
export function breaksUndone(bytes: Buffer): Buffer | null {
  if (bytes.length > longest) return null;
  let undone: Buffer | null = null;
  for (let from = bytes.indexOf(backslash); from >= 0; ) {
    let at = from + 1;
    while (bytes[at] === backslash) at += 1;
    if (isBreak[bytes[at] ?? 0] === 1) {
      undone ??= Buffer.from(bytes);
      while (from <= at) {
        undone[from] = 0x20;
        from += 1;
      }
    }
    from = bytes.indexOf(backslash, at + 1);
  }
  return undone;
}
