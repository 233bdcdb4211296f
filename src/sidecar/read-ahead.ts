import { createPieceQueue } from './piece-queue.js';

/** A body that can be read on while what was read waits. */
export interface ReadAhead extends AsyncIterable<Buffer> {
  /**
   * Reads on until `waiting` is settled, within bounds: a client that leaves is noticed only on a connection that is
   * read.
   */
  during<T>(waiting: Promise<T>): Promise<T>;
  /** What was counted for it is given back; from then on nothing is. */
  release(): void;
}

/** Bytes that are read on at most. */
const mostAhead = 8 * 1024 * 1024;

/**
 * @param held what all bodies hold: what is read ahead is added to it, and taken off as it goes on
 * @param mostHeld by all of them together
 */
export function createReadAhead(
  body: AsyncIterable<Buffer>,
  held: { bytes: number },
  mostHeld: number,
): ReadAhead {
  const source = body[Symbol.asyncIterator]();
  const ahead = createPieceQueue();
  let counted = 0;
  let reading: Promise<IteratorResult<Buffer>> | null = null;
  let over = false;

  /** null: someone else has taken it. */
  async function read(): Promise<IteratorResult<Buffer> | null> {
    reading ??= source.next();
    const mine = reading;
    const result = await mine;
    if (reading !== mine) return null;
    if (!result.done) reading = null;
    return result;
  }

  const count = () => {
    const bytes = over ? 0 : ahead.memory();
    held.bytes += bytes - counted;
    counted = bytes;
  };
  const release = () => {
    over = true;
    count();
  };

  async function readOn(isSettled: () => boolean): Promise<void> {
    while (!isSettled() && !over && ahead.memory() < mostAhead && held.bytes < mostHeld) {
      const result = await read();
      if (!result) continue;
      if (result.done) return;
      ahead.append(result.value);
      count();
    }
  }

  async function* pieces(): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        const piece = ahead.take();
        if (piece) {
          count();
          yield piece;
          continue;
        }
        const result = await read();
        if (result?.done) return;
        if (result) yield result.value;
      }
    } finally {
      release();
      // It may wait for the client still.
      source.return?.().catch(() => {});
    }
  }

  return {
    [Symbol.asyncIterator]: pieces,
    during(waiting) {
      let settled = false;
      const settle = () => {
        settled = true;
      };
      waiting.then(settle, settle);
      // Whoever takes the next piece learns of a failure there.
      readOn(() => settled).catch(() => {});
      return waiting;
    },
    release,
  };
}
