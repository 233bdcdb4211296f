import { alphabets, memberships } from '../scan/alphabet.js';
import { isUuid } from './formats.js';

/** What a value is made of, the narrowest that holds. */
export const shapes = [
  'uuid',
  'digits',
  'lowerHex',
  'hex',
  'lower',
  'upper',
  'lowerAlnum',
  'upperAlnum',
  'alnum',
  'dashed',
  'base64',
  'dotted',
  'path',
  'odd',
] as const;
/** What stands before a value, and after it. */
export const openings = ['quote', 'equals', 'colon', 'space', 'bracket', 'slash', 'joined', 'other'] as const;
export const closings = ['quote', 'end', 'space', 'bracket', 'call', 'separator', 'other'] as const;
export function openingOf(byte: number): (typeof openings)[number] {
  if (byte === 0x22 || byte === 0x27 || byte === 0x60) return 'quote';
  if (byte === 0x3d) return 'equals';
  if (byte === 0x3a) return 'colon';
  if (byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0) return 'space';
  if (byte === 0x28 || byte === 0x5b || byte === 0x7b || byte === 0x3e || byte === 0x3c) return 'bracket';
  if (byte === 0x2f || byte === 0x5c || byte === 0x40) return 'slash';
  return (memberships[byte] as number) & alphabets.dotted ? 'joined' : 'other';
}

export function closingOf(byte: number): (typeof closings)[number] {
  if (byte === 0x22 || byte === 0x27 || byte === 0x60) return 'quote';
  if (byte === 0 || byte === 0x0a || byte === 0x0d) return 'end';
  if (byte === 0x20 || byte === 0x09) return 'space';
  if (byte === 0x28) return 'call';
  if (byte === 0x29 || byte === 0x5d || byte === 0x7d || byte === 0x3c) return 'bracket';
  return byte === 0x2c || byte === 0x3b || byte === 0x26 ? 'separator' : 'other';
}

/** A mark that no text puts between a value and its name stands there, and goes on in letters: the value is a piece of something. */
export function isTorn(bytes: Uint8Array, at: number, step: number): boolean {
  if (!tearing[bytes[at] ?? 0]) return false;
  return ((memberships[bytes[at + step] ?? 0] as number) & alphabets.alnum) !== 0;
}
const tearing = Uint8Array.from({ length: 256 }, (_, byte) =>
  '!#$%^*?@'.includes(String.fromCharCode(byte)) ? 1 : 0,
);

/** How many marks stand in the value, 1 to 4, or 0 where a question mark does: random values have none or several. */
export function oddKind(bytes: Uint8Array, start: number, end: number): number {
  let marks = 0;
  for (let i = start; i < end; i += 1) {
    if (bytes[i] === 0x3f) return 0;
    if (!((memberships[bytes[i] as number] as number) & alphabets.dashed)) marks += 1;
  }
  return Math.min(marks, 4);
}

export function shapeName(bytes: Uint8Array, start: number, end: number): (typeof shapes)[number] {
  let all = 0xffff;
  let slashes = 0;
  let dots = 0;
  for (let i = start; i < end; i += 1) {
    const byte = bytes[i] as number;
    all &= memberships[byte] as number;
    if (byte === 0x2f) slashes += 1;
    if (byte === 0x2e) dots += 1;
  }
  if (all & alphabets.digit) return 'digits';
  if (all & alphabets.lowerHex) return 'lowerHex';
  if (all & alphabets.hex) return 'hex';
  if (all & alphabets.lower) return 'lower';
  if (all & alphabets.upper) return 'upper';
  if (all & alphabets.lowerAlnum) return 'lowerAlnum';
  if (all & alphabets.upperAlnum) return 'upperAlnum';
  if (all & alphabets.alnum) return 'alnum';
  if (all & alphabets.dashed) return end - start === 36 && isUuid(bytes, start) ? 'uuid' : 'dashed';
  if (slashes * 8 > end - start || (slashes > 0 && dots > 0)) return 'path';
  if (all & alphabets.base64) return 'base64';
  return all & alphabets.dotted ? 'dotted' : 'odd';
}
