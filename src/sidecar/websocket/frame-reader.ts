/** WebSocket frames (RFC 6455, 5) out of bytes in pieces of any size: linear, and no more kept than a head and a control frame. */
export interface FrameReader {
  /** False: the bytes break the protocol, `onBroken` was called, and nothing more is read. */
  push(bytes: Buffer): boolean;
}

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface DataFrame {
  /** Of the message, also in its later frames. */
  readonly text: boolean;
  readonly first: boolean;
  readonly last: boolean;
}

export interface FrameEvents {
  /** A piece of a data frame's payload, unmasked; one frame may come in many. @param end the frame ends with it */
  onData(frame: DataFrame, piece: Buffer, end: boolean): void;
  /** @param payload at most 125 bytes, unmasked */
  onControl(opcode: number, payload: Buffer): void;
  onBroken(code: 1002 | 1009, why: string): void;
}

/** Bytes of a head: two, eight of length, four of a mask. */
const longestHead = 14;
const longestControl = 125;
/** Bytes a frame may say it has. */
const longestFrame = 2 ** 40;

interface Head {
  readonly opcode: number;
  readonly fin: boolean;
  length: number;
  mask: Buffer | null;
}

/** @param masked what a client sends is, what a server sends is not (RFC 6455, 5.1) */
export function createFrameReader(masked: boolean, events: FrameEvents): FrameReader {
  const start = Buffer.alloc(longestHead);
  let startLength = 0;
  let head: Head | null = null;
  let seen = 0;
  let control: Buffer[] = [];
  /** Of the message that has begun and not ended. */
  let message: { text: boolean; first: boolean } | null = null;
  let broken = false;

  function fail(code: 1002 | 1009, why: string): false {
    broken = true;
    events.onBroken(code, why);
    return false;
  }

  /** Takes bytes of a head; answers how many, or -1 where they are no head. */
  function readHead(bytes: Buffer, at: number): number {
    let taken = 0;
    for (
      let needed = headLength(start, startLength);
      startLength < needed;
      needed = headLength(start, startLength)
    ) {
      if (at + taken === bytes.length) return taken;
      start[startLength] = bytes[at + taken] as number;
      startLength += 1;
      taken += 1;
    }
    const problem = headProblem(start, masked, message !== null);
    if (problem !== null) {
      fail(problem === 'too long' ? 1009 : 1002, problem);
      return -1;
    }
    head = parseHead(start, masked);
    seen = 0;
    startLength = 0;
    if (head.opcode === opcodes.text || head.opcode === opcodes.binary)
      message = { text: head.opcode === opcodes.text, first: true };
    return taken;
  }

  /** Hands on a piece of the payload; answers how many bytes it had. */
  function readPayload(current: Head, bytes: Buffer, at: number): number {
    const length = Math.min(current.length - seen, bytes.length - at);
    const piece = unmasked(bytes.subarray(at, at + length), current.mask, seen);
    seen += length;
    const end = seen === current.length;
    if (end) head = null;
    if (current.opcode >= opcodes.close) {
      control.push(piece);
      if (end) endControl(current.opcode);
    } else if (message) {
      const { text, first } = message;
      message.first = false;
      if (end && current.fin) message = null;
      events.onData({ text, first, last: current.fin }, piece, end);
    }
    return length;
  }

  function endControl(opcode: number): void {
    const payload = Buffer.concat(control);
    control = [];
    const problem = opcode === opcodes.close ? closeProblem(payload) : null;
    if (problem === null) events.onControl(opcode, payload);
    else fail(1002, problem);
  }

  return {
    push(bytes) {
      let at = 0;
      while (!broken) {
        if (head === null) {
          if (at === bytes.length) return true;
          const taken = readHead(bytes, at);
          if (taken < 0) return false;
          at += taken;
          if (head === null) return true;
        }
        const current: Head = head;
        if (at === bytes.length && current.length > seen) return true;
        at += readPayload(current, bytes, at);
      }
      return false;
    },
  };
}

/** Bytes of the head, as far as its own first two say. */
function headLength(start: Buffer, known: number): number {
  if (known < 2) return 2;
  const second = start[1] as number;
  const length = second & 0x7f;
  return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (second & 0x80 ? 4 : 0);
}

function headProblem(start: Buffer, masked: boolean, inMessage: boolean): string | null {
  const first = start[0] as number;
  const second = start[1] as number;
  const opcode = first & 0x0f;
  const length = second & 0x7f;
  if (first & 0x70) return 'a reserved bit is set';
  if (((second & 0x80) !== 0) !== masked) return masked ? 'a frame is not masked' : 'a frame is masked';
  if ((opcode > opcodes.binary && opcode < opcodes.close) || opcode > opcodes.pong)
    return 'an unknown opcode';
  if (opcode >= opcodes.close) {
    if ((first & 0x80) === 0) return 'a control frame in fragments';
    return length > longestControl ? 'a control frame is too long' : null;
  }
  if (opcode === opcodes.continuation && !inMessage) return 'a continuation of nothing';
  if (opcode !== opcodes.continuation && inMessage) return 'a message inside another';
  if (length === 126) return start.readUInt16BE(2) < 126 ? 'a length that is not the shortest' : null;
  if (length < 127) return null;
  const long = start.readBigUInt64BE(2);
  if (long >> 63n || long < 0x1_0000n) return 'a length that is none';
  return long > BigInt(longestFrame) ? 'too long' : null;
}

function parseHead(start: Buffer, masked: boolean): Head {
  const short = (start[1] as number) & 0x7f;
  const at = headLength(start, 2) - (masked ? 4 : 0);
  const length =
    short === 126 ? start.readUInt16BE(2) : short === 127 ? Number(start.readBigUInt64BE(2)) : short;
  return {
    opcode: (start[0] as number) & 0x0f,
    fin: ((start[0] as number) & 0x80) !== 0,
    length,
    mask: masked ? Buffer.from(start.subarray(at, at + 4)) : null,
  };
}

/** Codes that may stand on the wire (RFC 6455, 7.4). */
function closeProblem(payload: Buffer): string | null {
  if (payload.length === 0) return null;
  if (payload.length === 1) return 'half a close code';
  const code = payload.readUInt16BE(0);
  const known = code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
  return known || (code >= 3000 && code <= 4999) ? null : 'a close code that is none';
}

function unmasked(bytes: Buffer, mask: Buffer | null, offset: number): Buffer {
  if (mask === null) return bytes;
  const out = Buffer.allocUnsafe(bytes.length);
  applyMask(bytes, out, 0, mask, offset);
  return out;
}

/** RFC 6455, 5.3. @param offset of the first byte in its frame's payload */
export function applyMask(
  bytes: Uint8Array,
  out: Uint8Array,
  at: number,
  mask: Uint8Array,
  offset: number,
): void {
  for (let index = 0; index < bytes.length; index += 1)
    out[at + index] = (bytes[index] as number) ^ (mask[(offset + index) & 3] as number);
}
