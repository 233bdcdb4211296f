import type { Duplex } from 'node:stream';
import type { Refusal } from '../../contract/refusal.js';
import { createGather } from '../gather.js';
import { createFrameReader, type DataFrame, opcodes } from './frame-reader.js';
import { encodeFrame } from './frame-writer.js';
import { isStop, type MessageInspector, type MessageStream, type Passed } from './inspector.js';

/** What ends a connection from the inside. */
export interface Ending {
  /** A direction may not go on: 1002, 1008, 1009 and why. */
  readonly close: (code: number, reason: string, refusal: Refusal | null) => void;
  /** Something failed. */
  readonly fail: (error: unknown) => void;
}

export interface DirectionOptions {
  readonly from: Duplex;
  readonly to: Duplex;
  /** Frames that come are masked: the client sends them. */
  readonly fromClient: boolean;
  readonly inspector: MessageInspector;
  readonly ending: Ending;
  readonly onBytes: (bytes: number) => void;
  /** False where all connections together hold too much. */
  readonly reserve: (bytes: number) => boolean;
}

export interface Direction {
  push(bytes: Buffer): void;
  /** There are no more bytes: so much is told to the other side when all that came is out. */
  end(): void;
  /** Something waits for an answer. */
  readonly waits: () => boolean;
  /** Nothing more goes on. */
  stop(): void;
}

/** Bytes that are read on while an answer is waited for, so that pings pass and the end is seen. */
const readAhead = 64 * 1024;
/** Pieces of a long message that are smaller, and came in one go, are looked at in one: each look has its price. Bytes. */
const worthALook = 4096;

type Item =
  | { readonly kind: 'data'; readonly frame: DataFrame; readonly piece: Buffer; readonly end: boolean }
  | { readonly kind: 'close'; readonly payload: Buffer };

/** Frames of one side to the other, each message looked at before it goes. Order is kept but for pings and pongs. */
export function createDirection(options: DirectionOptions): Direction {
  const { from, to, fromClient, inspector, ending, reserve } = options;
  const held = createGather();
  /** Of a long message. */
  const small = createGather();
  const waiting: Item[] = [];
  let waitingBytes = 0;
  /** Bytes of a whole message that is being looked at: they are reserved until the answer is there. */
  let looked = 0;
  /** Bytes of large frames that are written and not taken yet, reserved as well. */
  let unread = 0;
  let stream: MessageStream | null = null;
  /** Whether a frame of the present message went on already. */
  let begun = false;
  let smallOpcode: number = opcodes.binary;
  let busy = false;
  let closed = false;
  let over = false;
  let ended = false;

  const countUnread = (bytes: number) => {
    unread += bytes;
    reserve(bytes);
  };
  const send = (opcode: number, fin: boolean, payload: Buffer) => {
    if (over || to.destroyed) return;
    const frame = encodeFrame(opcode, fin, payload, fromClient);
    const { length } = frame;
    // Where the other side doesn't read, a whole message lies there.
    const isLarge = length > readAhead;
    if (isLarge) countUnread(length);
    if (!to.write(frame, isLarge ? () => over || countUnread(-length) : undefined)) from.pause();
  };
  const resume = () => {
    if (!over && !to.writableNeedDrain && waitingBytes < readAhead) from.resume();
  };
  const stop = () => {
    over = true;
    reserve(-held.size() - looked - unread);
    looked = 0;
    unread = 0;
    held.drop(held.size());
    waiting.length = 0;
    to.off('drain', resume);
  };
  const giveBack = () => {
    reserve(-looked);
    looked = 0;
  };
  /** Hands on what was passed, now or when the answer is there. */
  function settle(passed: Passed | Promise<Passed>, next: (bytes: Buffer) => void): void {
    if (!(passed instanceof Promise)) {
      giveBack();
      done(passed, next);
      return;
    }
    busy = true;
    passed.then(
      (answer) => {
        giveBack();
        busy = false;
        done(answer, next);
        drain();
      },
      (error: unknown) => {
        // Of a client that left nothing is looked at any more.
        if (!over) ending.fail(error);
      },
    );
  }
  function done(passed: Passed, next: (bytes: Buffer) => void): void {
    if (over) return;
    if (!isStop(passed)) next(passed);
    else ending.close(1008, passed.stop ? reasonOf(passed.stop) : 'not let through', passed.stop);
  }
  function drain(): void {
    while (!busy && !over && waiting.length > 0) {
      const item = waiting.shift() as Item;
      waitingBytes -= sizeOf(item);
      take(item);
    }
    goOnWithSmall();
    if (ended && !busy) to.end();
    resume();
  }

  function take(item: Item): void {
    if (closed) return;
    try {
      if (item.kind === 'close') takeClose(item.payload);
      else takeData(item.frame, item.piece, item.end);
    } catch (error) {
      ending.fail(error);
    }
  }

  function takeClose(payload: Buffer): void {
    closed = true;
    if (payload.length <= 2) send(opcodes.close, true, payload);
    else
      settle(inspector.message(payload.subarray(2), true), (reason) => {
        send(opcodes.close, true, Buffer.concat([payload.subarray(0, 2), reason]));
      });
  }

  function takeData(frame: DataFrame, piece: Buffer, end: boolean): void {
    const last = end && frame.last;
    const opcode = frame.text ? opcodes.text : opcodes.binary;
    if (stream) {
      small.append(piece);
      if (last || small.size() >= worthALook) goOn(stream, opcode, takeSmall(), last);
      else smallOpcode = opcode;
      return;
    }
    // What comes whole is not copied.
    const single = last && held.size() === 0;
    if (!single) {
      held.append(piece);
      const fits = reserve(piece.length);
      if (!last && fits && held.size() <= inspector.whole) return;
    }
    const bytes = single ? piece : held.bytes();
    if (!single) {
      looked = bytes.length;
      held.drop(bytes.length);
    }
    if (last && bytes.length <= inspector.whole) {
      settle(inspector.message(bytes, frame.text), (payload) => send(opcode, true, payload));
      return;
    }
    giveBack();
    stream = inspector.stream(frame.text);
    begun = false;
    goOn(stream, opcode, bytes, last);
  }

  function takeSmall(): Buffer {
    const bytes = small.bytes();
    small.drop(bytes.length);
    return bytes;
  }

  /** Nothing more came with it. */
  function goOnWithSmall(): void {
    if (busy || over || !stream || small.size() === 0) return;
    try {
      goOn(stream, smallOpcode, takeSmall(), false);
    } catch (error) {
      ending.fail(error);
    }
  }

  function goOn(current: MessageStream, opcode: number, piece: Buffer, last: boolean): void {
    settle(current.push(piece), (payload) => {
      const part = begun ? opcodes.continuation : opcode;
      if (last) {
        stream = null;
        settle(current.end(), (rest) => send(part, true, Buffer.concat([payload, rest])));
      } else if (payload.length > 0) {
        send(part, false, payload);
        begun = true;
      }
    });
  }

  function put(item: Item): void {
    if (over || closed) return;
    if (!busy) {
      take(item);
      return;
    }
    // Its bytes are a part of something that is read over.
    waiting.push(item.kind === 'data' ? { ...item, piece: Buffer.from(item.piece) } : item);
    waitingBytes += sizeOf(item);
    if (waitingBytes >= readAhead) from.pause();
  }

  to.on('drain', resume);
  const reader = createFrameReader(fromClient, {
    onData: (frame, piece, end) => put({ kind: 'data', frame, piece, end }),
    onControl: (opcode, payload) => {
      if (over || closed) return;
      if (opcode === opcodes.close) put({ kind: 'close', payload });
      else done(inspector.control(payload), (bytes) => send(opcode, true, bytes));
    },
    onBroken: (code, why) => ending.close(code, why, null),
  });
  return {
    push(bytes) {
      options.onBytes(bytes.length);
      if (over) return;
      // Frames that came together go together: one record, one packet.
      to.cork();
      reader.push(bytes);
      goOnWithSmall();
      to.uncork();
    },
    end() {
      ended = true;
      if (!busy) to.end();
    },
    waits: () => busy,
    stop,
  };
}

const perItem = 64;
const sizeOf = (item: Item): number =>
  perItem + (item.kind === 'data' ? item.piece.length : item.payload.length);

function reasonOf({ code, message }: Refusal): string {
  return `${code}: ${message}`;
}
