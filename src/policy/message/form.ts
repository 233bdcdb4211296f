import { hexValue } from '../views/collector.js';
import { type JoinedText, joinPieces, shortestJoin } from './joined.js';

/** A form (application/x-www-form-urlencoded) as a server reads it. */
export interface DecodedForm {
  /** Names and values decoded once, where what they decode to is encoded again; else null. */
  readonly text: Buffer | null;
  /** Decoded values put together in order; null where there is nothing to put together. */
  readonly joined: JoinedText | null;
  /** Each decoded value. */
  readonly values: readonly Buffer[];
}

const ampersand = 0x26;
const equals = 0x3d;
const percent = 0x25;
const plus = 0x2b;

export function decodeForm(bytes: Buffer): DecodedForm {
  const decoded = Buffer.allocUnsafe(bytes.length);
  const ranges: number[] = [];
  let length = 0;
  for (let from = 0; from < bytes.length; ) {
    const separator = bytes.indexOf(ampersand, from);
    const end = separator < 0 ? bytes.length : separator;
    const mark = bytes.subarray(from, end).indexOf(equals);
    const nameEnd = decodeInto(decoded, length, bytes, from, mark < 0 ? from : from + mark + 1);
    length = decodeInto(decoded, nameEnd, bytes, mark < 0 ? from : from + mark + 1, end);
    if (length > nameEnd) ranges.push(nameEnd, length);
    if (end < bytes.length) decoded[length++] = 0x0a;
    from = end + 1;
  }
  const text = decoded.subarray(0, length);
  const values: Buffer[] = [];
  for (let index = 0; index < ranges.length; index += 2)
    values.push(text.subarray(ranges[index], ranges[index + 1]));
  const joins = ranges.length > 2 && length >= shortestJoin;
  return {
    text: encodedAgain(text) ? text : null,
    joined: joins ? joinPieces(text, ranges) : null,
    values,
  };
}

/** Undoes percent-encoding once, `+` a space (WHATWG URL, 5.1); what is no encoding stays. Answers the end. */
function decodeInto(into: Buffer, at: number, bytes: Buffer, from: number, to: number): number {
  let length = at;
  for (let index = from; index < to; index += 1) {
    let byte = bytes[index] as number;
    if (byte === plus) byte = 0x20;
    else if (byte === percent && index + 2 < to) {
      const [high, low] = [hexValue(bytes[index + 1]), hexValue(bytes[index + 2])];
      if (high >= 0 && low >= 0) {
        byte = high * 16 + low;
        index += 2;
      }
    }
    into[length] = byte;
    length += 1;
  }
  return length;
}

const encodedAgain = (text: Buffer): boolean =>
  /%(?:u|[\da-f]{2})|\\[ux0-7]|&#|=[\dA-F]{2}/i.test(text.toString('latin1'));
