import type { Readable } from 'node:stream';

/** A body up to this size is read whole before the first byte goes on. Bytes. */
export const wholeBody = 64 * 1024;
export interface RequestBody {
  /** null: the request has none. */
  readonly content: Buffer | Readable | null;
  /** Bytes that came from the client so far. */
  readonly size: () => number;
  /** It is of no more use: what was counted for it is given back, once. */
  readonly release: () => void;
}

export const noBody: RequestBody = { content: null, size: () => 0, release: () => {} };
