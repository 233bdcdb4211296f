import { isAscii } from 'node:buffer';
import { alphabets, memberships } from '../scan/alphabet.js';
import { shortText } from '../scan/short-text.js';

/** Escapes, and letters beyond ASCII that may stand for others. */
function mayDecode(bytes: Buffer): boolean {
  if (!isAscii(bytes) || bytes.includes(0x25) || bytes.includes(0x5c) || bytes.includes(0x26)) return true;
  // In quoted-printable two digits follow, or the end of a line.
  for (let at = bytes.indexOf(0x3d); at >= 0; at = bytes.indexOf(0x3d, at + 1))
    if (at + 2 >= bytes.length || followsEquals(bytes, at + 1)) return true;
  return false;
}

/** The same of a short text, in one look. */
function isPlainByBytes(bytes: Buffer): boolean {
  let run = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const kind = kindOf[bytes[at] as number] as number;
    if (kind === beginsEscape) return false;
    if (kind === equals && (at + 2 >= bytes.length || followsEquals(bytes, at + 1))) return false;
    run = kind === separator ? 0 : run + 1;
    if (run === longRun) return false;
  }
  return true;
}

function followsEquals(bytes: Buffer, at: number): boolean {
  const byte = bytes[at] as number;
  if (byte === 0x0a || byte === 0x0d) return true;
  return isHexDigit(byte) && isHexDigit(bytes[at + 1] as number);
}

function isHexDigit(byte: number): boolean {
  return ((memberships[byte] as number) & alphabets.hex) !== 0;
}

/** Nothing in it can be undone: no escape, and no run that is long enough to be another text. */
export function isPlain(bytes: Buffer): boolean {
  if (bytes.length < shortText) return isPlainByBytes(bytes);
  if (mayDecode(bytes)) return false;
  return !hasLongRun(bytes);
}

/** Each place is looked at from where a run that began there would have to reach: of ordinary text, few bytes in 32. */
function hasLongRun(bytes: Buffer): boolean {
  for (let start = 0; start + longRun <= bytes.length; ) {
    let at = start + longRun - 1;
    while (at >= start && isRunByte(bytes[at])) at -= 1;
    if (at < start) return true;
    start = at + 1;
  }
  return false;
}

/** Bytes of a run that is looked into: twelve letters in hexadecimal of base64. */
const longRun = 32;

const inRun = Uint8Array.from(memberships, (bits) => (bits & alphabets.base64 ? 1 : 0));

const separator = 0;
const partOfRun = 1;
/** Part of a run, too. */
const equals = 2;
const beginsEscape = 3;
const kindOf = Uint8Array.from(inRun, (member, byte) => {
  if (byte >= 0x80 || byte === 0x25 || byte === 0x5c || byte === 0x26) return beginsEscape;
  if (byte === 0x3d) return equals;
  return member ? partOfRun : separator;
});

function isRunByte(byte: number | undefined): boolean {
  return inRun[byte as number] === 1;
}
