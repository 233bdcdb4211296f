import { randomFillSync } from 'node:crypto';
import { applyMask, opcodes } from './frame-reader.js';

/** Fresh bytes for masks, some thousand at a time: they must not be foreseen (RFC 6455, 5.3). */
const pool = { bytes: Buffer.alloc(4096), used: 4096 };

function newMask(): Buffer {
  if (pool.used === pool.bytes.length) {
    randomFillSync(pool.bytes);
    pool.used = 0;
  }
  pool.used += 4;
  return pool.bytes.subarray(pool.used - 4, pool.used);
}

/** One frame (RFC 6455, 5.2). @param masked it goes to a server */
export function encodeFrame(opcode: number, fin: boolean, payload: Uint8Array, masked: boolean): Buffer {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 0x1_0000 ? 2 : 8;
  const start = 2 + extended + (masked ? 4 : 0);
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = (fin ? 0x80 : 0) | opcode;
  frame[1] = (masked ? 0x80 : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) frame.writeUInt16BE(length, 2);
  if (extended === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) {
    frame.set(payload, start);
    return frame;
  }
  const mask = newMask();
  frame.set(mask, start - 4);
  applyMask(payload, frame, start, mask, 0);
  return frame;
}

/** Bytes of a reason that a close frame has room for. */
const longestReason = 123;

export function encodeClose(code: number, reason: string, masked: boolean): Buffer {
  const text = Buffer.from(reason.replace(/[^\x20-\x7e]/g, '?').slice(0, longestReason), 'latin1');
  const payload = Buffer.alloc(2 + text.length);
  payload.writeUInt16BE(code, 0);
  payload.set(text, 2);
  return encodeFrame(opcodes.close, true, payload, masked);
}
