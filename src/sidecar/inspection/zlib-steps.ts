import type { Transform } from 'node:stream';
import type { Zlib } from 'node:zlib';

/** A stream of zlib's, one piece after another: what comes of a piece is there before the next one is taken. */
export interface ZlibSteps {
  push(piece: Uint8Array): AsyncGenerator<Buffer>;
  /** The rest. @throws Error where there must be more */
  finish(): AsyncGenerator<Buffer>;
  /** It is at its end, as is seen once something was pushed that is not its own. */
  readonly ended: () => boolean;
  /** Bytes that were understood so far. */
  readonly consumed: () => number;
  /** Bytes that these came to and that wait to be taken. */
  readonly waiting: () => number;
  destroy(): void;
}

export function createZlibSteps(stream: Transform & Zlib): ZlibSteps {
  let wake = () => {};
  let failure: Error | null = null;
  let ended = false;
  let given = 0;
  stream
    .on('readable', () => wake())
    .once('end', () => {
      ended = true;
      wake();
    })
    .once('error', (error) => {
      failure = error;
      wake();
    });

  async function* drain(isDone: () => boolean): AsyncGenerator<Buffer> {
    while (!failure) {
      const change = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const bytes = stream.read() as Buffer | null;
      if (bytes !== null) yield bytes;
      else if (ended || (isDone() && stream.readableLength === 0)) return;
      else await change;
    }
    throw failure;
  }

  return {
    push(piece) {
      let done = false;
      given += piece.length;
      stream.write(piece, () => {
        done = true;
        wake();
      });
      return drain(() => done);
    },
    finish() {
      stream.end();
      return drain(() => false);
    },
    ended: () => ended || stream.bytesWritten < given,
    consumed: () => stream.bytesWritten,
    waiting: () => stream.readableLength,
    destroy: () => stream.destroy(),
  };
}
