import { alphabets, memberships } from '../scan/alphabet.js';
import { asciiSet, nibbleSets } from '../scan/kernel.js';
import { type BlockCall, eachBlock, textKernel } from '../scan/text-kernel.js';

/** Bytes of a run that is looked into: twelve letters in hexadecimal of base64. */
const longRun = 32;
const members = textKernel.keep(asciiSet((byte) => ((memberships[byte] as number) & alphabets.base64) !== 0));
const findLongRuns: BlockCall = (block, length, answers) =>
  textKernel.calls.findRuns(block, length, longRun, members, answers);

const bytesFrom = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);
const equals = 1;
/** `=`; escapes; letters beyond ASCII, which may stand for others. */
const sets = textKernel.keep(nibbleSets([[0x3d], [0x25, 0x26], [0x5c], bytesFrom(0x80, 0xff)]));
const findSets: BlockCall = (block, length) => textKernel.calls.findSets(block, length, sets);

/** Nothing in it can be undone: no escape, and no run that is long enough to be another text. */
export function isPlain(bytes: Buffer): boolean {
  let seen = 0;
  eachBlock(bytes, 0, findSets, (_from, found) => {
    seen |= found;
  });
  if (seen > equals || (seen === equals && holdsQuoted(bytes))) return false;
  let runs = 0;
  eachBlock(bytes, longRun - 1, findLongRuns, (_from, found) => {
    runs += found;
  });
  return runs === 0;
}

/** In quoted-printable two digits follow, or the end of a line. */
function holdsQuoted(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(0x3d); at >= 0; at = bytes.indexOf(0x3d, at + 1))
    if (at + 2 >= bytes.length || followsEquals(bytes, at + 1)) return true;
  return false;
}

function followsEquals(bytes: Buffer, at: number): boolean {
  const byte = bytes[at] as number;
  if (byte === 0x0a || byte === 0x0d) return true;
  return isHexDigit(byte) && isHexDigit(bytes[at + 1] as number);
}

function isHexDigit(byte: number): boolean {
  return ((memberships[byte] as number) & alphabets.hex) !== 0;
}
