const newline = 0x0a;

export interface LineHandlers {
  readonly onLine: (line: string) => void;
  /** Called once; nothing is read after it. */
  readonly onTooLong: () => void;
}

/**
 * Cuts a stream of bytes into lines of UTF-8, at most `limit` bytes each, whatever the pieces they come in.
 * A line that has no end yet is kept; what comes after the last newline is never a line.
 */
export function splitLines(limit: number, { onLine, onTooLong }: LineHandlers): (chunk: Buffer) => void {
  let kept: Buffer[] = [];
  let size = 0;
  let over = false;
  return (chunk) => {
    let start = 0;
    while (!over) {
      const end = chunk.indexOf(newline, start);
      const piece = chunk.subarray(start, end === -1 ? undefined : end);
      size += piece.length;
      if (size > limit) {
        over = true;
        kept = [];
        onTooLong();
        return;
      }
      kept.push(piece);
      if (end === -1) return;
      const line = Buffer.concat(kept).toString('utf8');
      kept = [];
      size = 0;
      start = end + 1;
      onLine(line);
    }
  };
}
