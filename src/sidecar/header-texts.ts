/** More than that lies between no two headers of one head. Bytes. */
const longestHead = 64 * 1024;

/**
 * The text of each part, byte for byte. Those of a head that came in one piece lie in one piece of memory, one behind
 * the other: read at once, which costs as much as one of them does.
 *
 * @param parts undici's types allow for text, but it hands over what it read
 */
export const latin1Texts = (parts: readonly (Buffer | string)[]): readonly string[] =>
  inOnePiece(parts) ?? parts.map((part) => part.toString('latin1'));

/** null: they lie anywhere. */
function inOnePiece(parts: readonly (Buffer | string)[]): readonly string[] | null {
  const [first] = parts;
  const last = parts.at(-1);
  if (!first || !last || typeof first === 'string' || typeof last === 'string') return null;
  const { buffer, byteOffset: from } = first;
  const length = last.byteOffset + last.length - from;
  if (length < 0 || length > longestHead) return null;
  const head = Buffer.from(buffer, from, Math.min(length, buffer.byteLength - from)).toString('latin1');
  const texts: string[] = [];
  for (const part of parts) {
    if (typeof part === 'string' || part.buffer !== buffer) return null;
    const at = part.byteOffset - from;
    if (at < 0 || at + part.length > head.length) return null;
    texts.push(head.slice(at, at + part.length));
  }
  return texts;
}
