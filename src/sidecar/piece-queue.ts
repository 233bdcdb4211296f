import { createGather } from './gather.js';

/** Bytes that wait, in pieces and in their order. The chunks are not written to afterwards. */
export interface PieceQueue {
  append(chunk: Buffer): void;
  /** null: nothing waits. */
  take(): Buffer | null;
  /** Bytes that wait. */
  readonly size: () => number;
  /** Bytes of memory that they take; no less than `size`. */
  readonly memory: () => number;
}

/** From so many bytes on a chunk stays as it came: the 450 bytes that it takes besides are little beside them. */
const worthAPiece = 4096;
const mostTogether = 64 * 1024;

/** Small chunks are put together: one of a single byte takes as much memory as one of 450. */
export function createPieceQueue(): PieceQueue {
  const pieces: { readonly bytes: Buffer; readonly memory: number }[] = [];
  const last = createGather();
  let size = 0;
  let memory = 0;

  function put(bytes: Buffer, taken: number): void {
    pieces.push({ bytes, memory: taken });
    memory += taken;
  }
  function closeLast(): void {
    if (last.size() === 0) return;
    put(last.bytes(), last.capacity());
    last.drop(last.size());
  }
  return {
    append(chunk) {
      size += chunk.length;
      if (chunk.length >= worthAPiece) {
        closeLast();
        put(chunk, chunk.length);
        return;
      }
      if (last.size() + chunk.length > mostTogether) closeLast();
      last.append(chunk);
    },
    take() {
      if (pieces.length === 0) closeLast();
      const piece = pieces.shift();
      if (!piece) return null;
      size -= piece.bytes.length;
      memory -= piece.memory;
      return piece.bytes;
    },
    size: () => size,
    memory: () => memory + last.capacity(),
  };
}
