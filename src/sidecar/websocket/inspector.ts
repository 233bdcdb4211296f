import type { Refusal } from '../../contract/refusal.js';

/** What becomes of some of a message: these bytes go on, as many or not, or nothing does any more. */
export type Passed = Buffer | Stop;

/** Ends the connection; null: nobody is there to be told. */
export interface Stop {
  readonly stop: Refusal | null;
}

/** Looks at the messages of one direction, in their order. An answer that takes time holds up what comes after it. */
export interface MessageInspector {
  /** Bytes of a message that are held before it is looked at; a longer one goes by in pieces. */
  readonly whole: number;
  /** A message, or the reason of a close frame. */
  message(payload: Buffer, text: boolean): Passed | Promise<Passed>;
  /** A message that is too long to be held. */
  stream(text: boolean): MessageStream;
  /** The payload of a ping or pong: it goes on at once, or the connection ends. */
  control(payload: Buffer): Passed;
}

export interface MessageStream {
  /** What may go of it now; nothing of a finding. */
  push(piece: Buffer): Passed | Promise<Passed>;
  end(): Passed | Promise<Passed>;
}

export const isStop = (passed: Passed): passed is Stop => !Buffer.isBuffer(passed);
