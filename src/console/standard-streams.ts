import { writeSync } from 'node:fs';
import { outputError } from '../contract/standard-streams.js';

/** Milliseconds between two tries where the reader is slow. */
const pause = 5;
/** Tries before a message to a person is given up: the agent's end must not wait for a terminal that was stopped. */
const mostTries = 1000;

/** Writes what a program reads; waits for a slow reader, however long. @throws BottleError 'reader-gone' or why it can't be written */
export function writeToStandardOutput(text: string | Buffer): void {
  try {
    writeWhole(1, text, Number.POSITIVE_INFINITY);
  } catch (thrown) {
    throw outputError(thrown);
  }
}

/** Writes what a person reads; where it can't be written there is nobody to tell. */
export function writeToStandardError(text: string): void {
  try {
    writeWhole(2, text, mostTries);
  } catch {}
}

/** To the descriptor itself: see leaveStreamsAlone; and whoever writes learns at once that it failed. */
function writeWhole(descriptor: 1 | 2, text: string | Buffer, tries: number): void {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  for (let written = 0, left = tries; written < bytes.length; ) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (thrown) {
      left -= 1;
      if ((thrown as NodeJS.ErrnoException).code !== 'EAGAIN' || left <= 0) throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
    }
  }
}
