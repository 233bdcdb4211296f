import { decodeOnce } from '../path.js';
import { type JoinedText, type Piece, shortestJoin } from './joined.js';

/** A form (application/x-www-form-urlencoded) as a server reads it. */
export interface DecodedForm {
  /** `name=value` lines, decoded once; null where nothing was encoded. */
  readonly text: Buffer | null;
  /** Decoded values put together in order; null where there is nothing to put together. */
  readonly joined: JoinedText | null;
}

export function decodeForm(bytes: Buffer): DecodedForm {
  const encoded = bytes.indexOf(0x25) >= 0 || bytes.indexOf(0x2b) >= 0;
  const text = encoded ? formDecoded(bytes) : bytes;
  const parts: Buffer[] = [];
  const pieces: Piece[] = [];
  let length = 0;
  for (let from = 0; from < bytes.length; ) {
    const ampersand = bytes.indexOf(0x26, from);
    const end = ampersand < 0 ? bytes.length : ampersand;
    const equals = bytes.indexOf(0x3d, from);
    const start = equals >= 0 && equals < end ? equals + 1 : from;
    if (end > start) {
      const value = encoded ? formDecoded(bytes.subarray(start, end)) : bytes.subarray(start, end);
      parts.push(value);
      pieces.push({ start: length, end: length + value.length, from: start, to: end });
      length += value.length;
    }
    from = end + 1;
  }
  const joins = pieces.length > 1 && length >= shortestJoin;
  return { text: encoded ? text : null, joined: joins ? { bytes: Buffer.concat(parts), pieces } : null };
}

/** `+` is a space here (WHATWG URL, 5.1). */
const formDecoded = (bytes: Buffer): Buffer =>
  Buffer.from(decodeOnce(bytes.toString('latin1').replaceAll('+', ' ')), 'latin1');
