import { alphabets, memberships } from '../scan/alphabet.js';

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
function openingOf(byte: number): (typeof openings)[number] {
  if (byte === 0x22 || byte === 0x27 || byte === 0x60) return 'quote';
  if (byte === 0x3d) return 'equals';
  if (byte === 0x3a) return 'colon';
  if (byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0) return 'space';
  if (byte === 0x28 || byte === 0x5b || byte === 0x7b || byte === 0x3e || byte === 0x3c) return 'bracket';
  if (byte === 0x2f || byte === 0x5c || byte === 0x40) return 'slash';
  return (memberships[byte] as number) & alphabets.dotted ? 'joined' : 'other';
}

function closingOf(byte: number): (typeof closings)[number] {
  if (byte === 0x22 || byte === 0x27 || byte === 0x60) return 'quote';
  if (byte === 0 || byte === 0x0a || byte === 0x0d) return 'end';
  if (byte === 0x20 || byte === 0x09) return 'space';
  if (byte === 0x28) return 'call';
  if (byte === 0x29 || byte === 0x5d || byte === 0x7d || byte === 0x3c) return 'bracket';
  return byte === 0x2c || byte === 0x3b || byte === 0x26 ? 'separator' : 'other';
}

/** For each byte the index into {@link openings} and {@link closings}. */
export const openingIndex = Uint8Array.from({ length: 256 }, (_, byte) => openings.indexOf(openingOf(byte)));
export const closingIndex = Uint8Array.from({ length: 256 }, (_, byte) => closings.indexOf(closingOf(byte)));

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

/** What one look at the bytes of a value tells. */
export interface MakeUp {
  readonly length: number;
  /** The alphabets that all of its bytes are in. */
  readonly common: number;
  /** It begins as a UUID, and is about as long. */
  readonly uuid: boolean;
  readonly digits: number;
  readonly upper: number;
  readonly lower: number;
  /** Lower-case letters that are no hexadecimal digits. */
  readonly beyondHex: number;
  readonly slashes: number;
  readonly dots: number;
  /** Bytes that are one more than the one before, and that are the same. */
  readonly steps: number;
  readonly repeats: number;
}

/** Three counts of ten bits in one number: a value is never longer than a thousand bytes. */
const countBits = 10;
const countMask = (1 << countBits) - 1;
const counted = (...members: readonly [RegExp, RegExp, RegExp]): Uint32Array =>
  Uint32Array.from({ length: 256 }, (_, byte) =>
    members.reduce(
      (sum, member, i) => sum | (member.test(String.fromCharCode(byte)) ? 1 << (i * countBits) : 0),
      0,
    ),
  );
const letterKinds = counted(/[0-9]/, /[A-Z]/, /[a-z]/);
const otherKinds = counted(/[g-z]/, /\//, /\./);

export function makeUpOf(bytes: Uint8Array, start: number, end: number): MakeUp {
  const length = end - start;
  let common = 0xffff;
  let letters = 0;
  let others = 0;
  let steps = 0;
  let repeats = 0;
  let before = -2;
  for (let i = start; i < end; i += 1) {
    const byte = bytes[i] as number;
    common &= memberships[byte] as number;
    letters += letterKinds[byte] as number;
    others += otherKinds[byte] as number;
    if (byte === before) repeats += 1;
    if (byte === before + 1) steps += 1;
    before = byte;
  }
  return {
    length,
    common,
    uuid: Math.abs(length - uuidLength) <= nearLength && isUuid(bytes, start),
    digits: letters & countMask,
    upper: (letters >>> countBits) & countMask,
    lower: letters >>> (2 * countBits),
    beyondHex: others & countMask,
    slashes: (others >>> countBits) & countMask,
    dots: others >>> (2 * countBits),
    steps,
    repeats,
  };
}

/** Of random letters and digits more than every third is none of hexadecimal. */
const strayShare = 6;

/** Hexadecimal in both cases, which no program writes, or with a letter or two among its digits that it hasn't. */
export const isSpoiltHex = ({ common, length, upper, lower, beyondHex }: MakeUp): boolean =>
  beyondHex > 0 ? beyondHex * strayShare < length : (common & alphabets.hex) !== 0 && upper > 0 && lower > 0;

/** Bytes by which a value of a fixed length is longer or shorter that was meant as one and spoilt. */
export const nearLength = 3;
export const uuidLength = 36;

/** Whether a UUID begins at `start`, by its hyphens (RFC 9562, 4). */
function isUuid(bytes: Uint8Array, start: number): boolean {
  if (bytes[start + 8] !== 0x2d) return false;
  for (let i = 0; i < uuidLength; i += 1) {
    const hyphen = i === 8 || i === 13 || i === 18 || i === 23;
    const byte = bytes[start + i] ?? 0;
    if (hyphen ? byte !== 0x2d : ((memberships[byte] as number) & alphabets.alnum) === 0) return false;
  }
  return true;
}

/** Index into {@link shapes}. */
export const shapeOf = (makeUp: MakeUp): number => shapes.indexOf(shapeName(makeUp));

function shapeName({ common, length, slashes, dots, uuid }: MakeUp): (typeof shapes)[number] {
  if (common & alphabets.digit) return 'digits';
  if (common & alphabets.lowerHex) return 'lowerHex';
  if (common & alphabets.hex) return 'hex';
  if (common & alphabets.lower) return 'lower';
  if (common & alphabets.upper) return 'upper';
  if (common & alphabets.lowerAlnum) return 'lowerAlnum';
  if (common & alphabets.upperAlnum) return 'upperAlnum';
  if (common & alphabets.alnum) return 'alnum';
  if (common & alphabets.dashed) return length === 36 && uuid ? 'uuid' : 'dashed';
  if (slashes * 8 > length || (slashes > 0 && dots > 0)) return 'path';
  if (common & alphabets.base64) return 'base64';
  return common & alphabets.dotted ? 'dotted' : 'odd';
}
