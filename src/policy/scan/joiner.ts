/** Puts parts together in memory that the next call writes to: a copy of all that goes by would be garbage at once. */
export function createJoiner(): (...parts: readonly Uint8Array[]) => Buffer {
  let scratch: Buffer | null = null;
  return (...parts) => {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    if (length > scratchBytes) return Buffer.concat(parts, length);
    scratch ??= Buffer.alloc(scratchBytes);
    let at = 0;
    for (const part of parts) {
      scratch.set(part, at);
      at += part.length;
    }
    return scratch.subarray(0, length);
  };
}

/** What a long run keeps back, and a chunk of as much. */
const scratchBytes = 132 * 1024;
