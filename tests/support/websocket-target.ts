import type { Writable } from 'node:stream';
import * as ws from 'ws';
import { createFrameReader, opcodes } from '../../src/sidecar/websocket/frame-reader.js';
import { encodeFrame } from '../../src/sidecar/websocket/frame-writer.js';
import { type FuzzTarget, pick, type Random, upTo } from './fuzzing.js';

interface WebSocketCase {
  /** They come from a client. */
  readonly masked: boolean;
  readonly bytes: Buffer;
  /** Lengths of the pieces that they come in. */
  readonly pieces: readonly number[];
}

/** What a reader made of some bytes: messages and control frames in order, and whether it gave up. */
interface Reading {
  readonly seen: string[];
  broken: boolean;
}

/** `ws` has its own reader, which its types don't tell of. */
const { Receiver } = ws as unknown as {
  Receiver: new (options: Record<string, unknown>) => Writable;
};

function makeFrames(random: Random, masked: boolean): Buffer[] {
  const frames: Buffer[] = [];
  let inMessage = false;
  for (let count = upTo(random, 8); count >= 0; count -= 1) {
    const isControl = random() < 0.3;
    const fin = isControl || random() < 0.6;
    const first = pick(random, [opcodes.text, opcodes.binary]);
    const orderly = inMessage ? opcodes.continuation : first;
    const opcode = isControl
      ? pick(random, [opcodes.ping, opcodes.pong, opcodes.ping, opcodes.close])
      : random() < 0.05
        ? pick(random, [0, 1, 2, 3, 7])
        : orderly;
    if (!isControl) inMessage = !fin;
    const payload = makePayload(random, opcode);
    const frame = encodeFrame(opcode, fin, payload, random() < 0.03 ? !masked : masked);
    if (random() < 0.05) frame[0] = (frame[0] as number) ^ (1 << upTo(random, 7));
    frames.push(frame);
  }
  return frames;
}

function makePayload(random: Random, opcode: number): Buffer {
  if (opcode === opcodes.close && random() < 0.8) {
    const payload = Buffer.alloc(2 + upTo(random, 20), 'a');
    payload.writeUInt16BE(random() < 0.8 ? pick(random, [1000, 1001, 1011, 3000, 4999]) : upTo(random, 5100));
    return payload;
  }
  const most = opcode >= opcodes.close ? (random() < 0.1 ? 200 : 125) : pick(random, [0, 10, 200, 70_000]);
  return Buffer.from(Array.from({ length: upTo(random, most) }, () => upTo(random, 255)));
}

function readOurs({ masked, bytes, pieces }: WebSocketCase): Reading {
  const reading: Reading = { seen: [], broken: false };
  let parts: Buffer[] = [];
  let closed = false;
  const reader = createFrameReader(masked, {
    onData: ({ text, last }, piece, end) => {
      if (closed) return;
      parts.push(Buffer.from(piece));
      if (!last || !end) return;
      reading.seen.push(`${text ? 'text' : 'binary'} ${Buffer.concat(parts).toString('hex')}`);
      parts = [];
    },
    onControl: (opcode, payload) => {
      if (!closed) reading.seen.push(`control ${opcode} ${payload.toString('hex')}`);
      closed ||= opcode === opcodes.close;
    },
    onBroken: () => {
      reading.broken ||= !closed;
    },
  });
  eachPiece(bytes, pieces, (piece) => reader.push(piece));
  return reading;
}

async function readTheirs({ masked, bytes, pieces }: WebSocketCase): Promise<Reading> {
  const reading: Reading = { seen: [], broken: false };
  const receiver = new Receiver({ isServer: masked, skipUTF8Validation: true, maxPayload: 0 });
  receiver.on('message', (data: Buffer, binary: boolean) =>
    reading.seen.push(`${binary ? 'binary' : 'text'} ${data.toString('hex')}`),
  );
  const control = (opcode: number) => (data: Buffer) =>
    reading.seen.push(`control ${opcode} ${data.toString('hex')}`);
  receiver.on('ping', control(opcodes.ping)).on('pong', control(opcodes.pong));
  let closed = false;
  receiver.on('conclude', (code: number, reason: Buffer) => {
    const payload =
      code === 1005 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([code >> 8, code & 255]), reason]);
    control(opcodes.close)(payload);
    closed = true;
  });
  receiver.on('error', () => {
    reading.broken ||= !closed;
  });
  const writes: Promise<void>[] = [];
  eachPiece(bytes, pieces, (piece) => {
    writes.push(new Promise((resolve) => void receiver.write(piece, () => resolve())));
  });
  await Promise.race([Promise.all(writes), new Promise((resolve) => receiver.once('close', resolve))]);
  return reading;
}

function eachPiece(bytes: Buffer, pieces: readonly number[], visit: (piece: Buffer) => void): void {
  let at = 0;
  for (const length of pieces) {
    // `ws` unmasks in place.
    visit(Buffer.from(bytes.subarray(at, at + length)));
    at += length;
  }
}

function makePieces(random: Random, length: number): number[] {
  const pieces: number[] = [];
  const most = pick(random, [1, 5, 100, 5000, 100_000]);
  for (let left = length; left > 0; ) {
    const piece = Math.min(left, 1 + upTo(random, pieces.length > 2000 ? left : most));
    pieces.push(piece);
    left -= piece;
  }
  return pieces;
}

/** The frame reader beside another program's, on frames of which some are broken, in pieces of any size. */
export const webSocketTarget: FuzzTarget<WebSocketCase> = {
  summary: 'WebSocket frames are read as by another program, however they are cut',
  makeCase(random) {
    const masked = random() < 0.5;
    const bytes = Buffer.concat(makeFrames(random, masked));
    return { masked, bytes, pieces: makePieces(random, bytes.length) };
  },
  async check(value) {
    const ours = readOurs(value);
    const theirs = await readTheirs(value);
    const same = ours.broken === theirs.broken && ours.seen.join('\n') === theirs.seen.join('\n');
    if (!same) throw new Error(`ours: ${describe(ours)}\ntheirs: ${describe(theirs)}`);
  },
  show: ({ masked, bytes, pieces }) =>
    JSON.stringify({ masked, bytes: bytes.toString('hex').slice(0, 2000), pieces: pieces.slice(0, 50) }),
};

const describe = ({ seen, broken }: Reading): string =>
  `${seen.map((one) => one.slice(0, 60)).join('; ')}${broken ? ' (broken)' : ''}`;
