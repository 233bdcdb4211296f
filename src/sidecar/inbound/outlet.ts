import type { Refusal } from '../../contract/refusal.js';

/** Where an answer goes in the end. */
export interface Outlet {
  /** The head is out: from then on it can only go on or be cut. */
  readonly begun: () => boolean;
  /** @param headers names and values in turn, besides the answer's own */
  begin(headers: readonly string[]): void;
  /** False: there is no room for more until `room` is called. */
  write(chunk: Buffer): boolean;
  end(): void;
  /** A whole answer in one write, with a body that is all there. */
  send(body: Buffer): void;
  /** Instead of an answer that hasn't begun; one that has is cut. */
  refuse(refusal: Refusal): void;
}

/** A body on its way to an outlet. */
export interface BodyStage {
  /** False: wait until there is room. */
  push(chunk: Buffer): boolean;
  /** @param rest the last bytes, where there are any more: looked at in one with what waits */
  end(rest?: Buffer): void;
  /** The client has left, or all is over. */
  destroy(): void;
}
