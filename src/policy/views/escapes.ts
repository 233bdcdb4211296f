import { alphabets, runEnd, runStart } from '../scan/alphabet.js';
import { type Budget, costs } from '../scan/budget.js';
import type { View } from '../scan/view.js';
import {
  type Collector,
  collectAround,
  collected,
  hexValue,
  placesToUndo,
  put,
  putCodePoint,
  type Undo,
} from './collector.js';

const hexPair = (bytes: Buffer, at: number): number => {
  const high = hexValue(bytes[at]);
  const low = hexValue(bytes[at + 1]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
};

const undoPercent: Undo = (bytes, at, collector) => {
  if (bytes[at] !== 0x25) return -1;
  if (bytes[at + 1] === 0x75) return putDigits(bytes, at, at + 2, 4, collector);
  const value = hexPair(bytes, at + 1);
  if (value < 0) return -1;
  put(collector, value, at, at + 3);
  return at + 3;
};

/** Puts what `count` hexadecimal digits from `first` on say; -1 where there are fewer. */
function putDigits(bytes: Buffer, at: number, first: number, count: number, collector: Collector): number {
  let code = 0;
  for (let digit = first; digit < first + count; digit += 1) {
    const value = hexValue(bytes[digit]);
    if (value < 0) return -1;
    code = code * 16 + value;
  }
  putCodePoint(collector, code, at, first + count);
  return first + count;
}

const isPercent = (bytes: Buffer, at: number): boolean =>
  bytes[at + 1] === 0x75 || hexPair(bytes, at + 1) >= 0;

/** Percent-encoding (RFC 3986, 2.1), and JavaScript's own `%u0041` (ECMA-262, B.2.1.1). */
export function percentViews(view: View, signs: readonly number[], budget: Budget): readonly View[] {
  const marks = placesToUndo(view.bytes, signs, isPercent, budget, costs.octet);
  return collected(view, 'percent', collectAround(view.bytes, marks, undoPercent));
}

/**
 * `\u0041`, `\u{41}`, `\x41`, `\101`, `\/` as JSON and JavaScript write them, `\U00000041` as Python does, `\x{41}` as
 * Perl does, and the shell's `\0101`. Strings within strings double every backslash: any number of them is one, before `\n` and its kin too; a single `\n` stays as it is.
 */
const undoBackslash: Undo = (bytes, at, collector) => {
  const last = lastBackslash(bytes, at);
  if (last < 0) return -1;
  const kind = bytes[last + 1];
  const plain = kind === 0x2f ? 0x2f : last > at ? escapedPlain(kind) : undefined;
  if (plain !== undefined) {
    put(collector, plain, at, last + 2);
    return last + 2;
  }
  if (kind === 0x55) return putDigits(bytes, at, last + 2, 8, collector);
  if (kind === 0x78 && bytes[last + 2] !== 0x7b) {
    const value = hexPair(bytes, last + 2);
    if (value < 0) return -1;
    put(collector, value, at, last + 4);
    return last + 4;
  }
  if (kind === 0x75 || kind === 0x78) return undoUnicode(bytes, at, last, collector);
  return undoOctal(bytes, at, last, collector);
};

/** Backslashes that are taken for one: strings within strings within strings. */
const mostBackslashes = 16;

/** Offset of the last of the backslashes that begin at `at`; -1 where there is none. */
function lastBackslash(bytes: Buffer, at: number): number {
  let end = at;
  while (bytes[end] === 0x5c && end < at + mostBackslashes) end += 1;
  return end - 1 < at ? -1 : end - 1;
}

function escapedPlain(kind: number | undefined): number | undefined {
  if (kind === 0x6e) return 0x0a;
  if (kind === 0x72) return 0x0d;
  return kind === 0x74 ? 0x09 : undefined;
}

/** Zeros that a number may begin with are not counted, up to so many. */
const mostZeros = 64;

function afterZeros(bytes: Buffer, first: number): number {
  let at = first;
  while (bytes[at] === 0x30 && at < first + mostZeros) at += 1;
  return at;
}

/** @param last offset of the backslash before `u`, or before `x` and a brace */
function undoUnicode(bytes: Buffer, at: number, last: number, collector: Collector): number {
  if (bytes[last + 2] !== 0x7b) return undoFour(bytes, at, last, collector);
  let end = afterZeros(bytes, last + 3);
  const limit = end + 6;
  let code = 0;
  while (end < limit && hexValue(bytes[end]) >= 0) {
    code = code * 16 + hexValue(bytes[end]);
    end += 1;
  }
  if (bytes[end] !== 0x7d || end === last + 3) return -1;
  putCodePoint(collector, code, at, end + 1);
  return end + 1;
}

/** Four digits, or twice four where they are halves of one letter (UTF-16). */
function undoFour(bytes: Buffer, at: number, last: number, collector: Collector): number {
  const high = hexPair(bytes, last + 2);
  if (high < 0xd8 || high > 0xdb) return putDigits(bytes, at, last + 2, 4, collector);
  const [low, next] = [hexPair(bytes, last + 4), lastBackslash(bytes, last + 6)];
  const [otherHigh, otherLow] = [hexPair(bytes, next + 2), hexPair(bytes, next + 4)];
  const joined = low >= 0 && next > 0 && bytes[next + 1] === 0x75 && otherLow >= 0;
  if (!joined || otherHigh < 0xdc || otherHigh > 0xdf) return putDigits(bytes, at, last + 2, 4, collector);
  const code = 0x10000 + ((((high & 3) << 8) | low) << 10) + (((otherHigh & 3) << 8) | otherLow);
  putCodePoint(collector, code, at, next + 6);
  return next + 6;
}

function undoOctal(bytes: Buffer, at: number, last: number, collector: Collector): number {
  let code = 0;
  let end = last + 1;
  // The shell's have a zero before their three digits.
  for (
    const limit = bytes[end] === 0x30 && isOctal(bytes[end + 3]) ? end + 4 : end + 3;
    end < limit;
    end += 1
  ) {
    if (!isOctal(bytes[end])) return -1;
    code = code * 8 + (bytes[end] as number) - 0x30;
  }
  put(collector, code & 0xff, at, end);
  return end;
}

const isOctal = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x37;

/** What several backslashes are undone before. */
const afterSeveral = Buffer.from('uUx/01234567', 'latin1');
/** And these, where the next escape is no further than a letter away: a value that is written a letter a line. */
const betweenLetters = Buffer.from('nrt', 'latin1');

function mayEscape(bytes: Buffer, at: number): boolean {
  if (bytes[at + 1] !== 0x5c) return true;
  const last = lastBackslash(bytes, at);
  const kind = bytes[last + 1] ?? 0;
  if (betweenLetters.includes(kind)) return bytes[last + 2] === 0x5c || bytes[last + 3] === 0x5c;
  return afterSeveral.includes(kind);
}

export function backslashViews(view: View, signs: readonly number[], budget: Budget): readonly View[] {
  const marks = placesToUndo(view.bytes, signs, mayEscape, budget);
  return collected(view, 'escape', collectAround(view.bytes, marks, undoBackslash));
}

const named: Readonly<Record<string, number>> = {
  amp: 0x26,
  lt: 0x3c,
  gt: 0x3e,
  quot: 0x22,
  apos: 0x27,
  lowbar: 0x5f,
  hyphen: 0x2d,
  dash: 0x2d,
  period: 0x2e,
  sol: 0x2f,
  plus: 0x2b,
  equals: 0x3d,
  colon: 0x3a,
  nbsp: 0x20,
  Tab: 0x09,
  NewLine: 0x0a,
  shy: 0,
  zwnj: 0,
  zwj: 0,
};

/** Character references of HTML (13.5 of the standard): by number, and the few names that stand for token characters. */
const undoReference: Undo = (bytes, at, collector) => {
  if (bytes[at + 1] !== 0x23) return undoNamed(bytes, at, collector);
  const base = ((bytes[at + 2] ?? 0) | 0x20) === 0x78 ? 16 : 10;
  const first = base === 16 ? at + 3 : at + 2;
  let end = afterZeros(bytes, first);
  const limit = end + (base === 16 ? 6 : 7);
  let code = 0;
  for (; end < limit; end += 1) {
    const value = hexValue(bytes[end]);
    if (value < 0 || value >= base) break;
    code = code * base + value;
  }
  if (end === first) return -1;
  if (bytes[end] === 0x3b) end += 1;
  putCodePoint(collector, code, at, end);
  return end;
};

function undoNamed(bytes: Buffer, at: number, collector: Collector): number {
  const end = nameEnd(bytes, at);
  if (end < 0) return -1;
  for (const { name, code } of namesLike.get(looks(end - at - 1, bytes[at + 1] as number)) ?? []) {
    if (!name.every((byte, i) => bytes[at + 1 + i] === byte)) continue;
    if (code > 0) put(collector, code, at, end + 1);
    return end + 1;
  }
  return -1;
}

/** What tells nearly all other words from the names above: their length and first letter. */
const looks = (length: number, first: number): number => length * 256 + first;
const namesLike = new Map<number, { readonly name: Buffer; readonly code: number }[]>();
for (const [name, code] of Object.entries(named)) {
  const key = looks(name.length, name.charCodeAt(0));
  const alike = namesLike.get(key) ?? [];
  alike.push({ name: Buffer.from(name, 'latin1'), code });
  namesLike.set(key, alike);
}

/** Bytes of the longest name above, and the semicolon. */
const longestNamed = 8;

/** The offset of the semicolon after what may be one of the names above, or -1: `&name=` of a query is no reference. */
function nameEnd(bytes: Buffer, at: number): number {
  let end = at + 1;
  const limit = end + longestNamed;
  while (end < limit && bytes[end] !== 0x3b) end += 1;
  if (end === limit || end >= bytes.length) return -1;
  return namesLike.has(looks(end - at - 1, bytes[at + 1] as number)) ? end : -1;
}

const isReference = (bytes: Buffer, at: number): boolean => bytes[at + 1] === 0x23 || nameEnd(bytes, at) > 0;

export function referenceViews(view: View, signs: readonly number[], budget: Budget): readonly View[] {
  const marks = placesToUndo(view.bytes, signs, isReference, budget, costs.reference);
  return collected(view, 'html', collectAround(view.bytes, marks, undoReference));
}

/** Quoted-printable (RFC 2045, 6.7): `=41`, and `=` at the end of a line, which a string in JSON writes `=\r\n`. */
const undoQuoted: Undo = (bytes, at, collector) => {
  if (bytes[at] !== 0x3d) return -1;
  const broken = softBreak(bytes, at);
  if (broken > 0) return at + broken;
  const value = hexPair(bytes, at + 1);
  if (value < 0x20 || value > 0x7e) return -1;
  put(collector, value, at, at + 3);
  return at + 3;
};

/** Bytes of the soft line break at `at`; 0 where there is none: two equals signs are how base64 ends. */
function softBreak(bytes: Buffer, at: number): number {
  const next = bytes[at + 1];
  if (bytes[at - 1] === 0x3d) return 0;
  if (next === 0x0a) return 2;
  if (next === 0x0d) return bytes[at + 2] === 0x0a ? 3 : 0;
  if (next !== 0x5c) return 0;
  return /^=(?:\\{1,8}r)?\\{1,8}n/.exec(bytes.toString('latin1', at, at + 20))?.[0].length ?? 0;
}

function isQuoted(bytes: Buffer, at: number): boolean {
  const broken = softBreak(bytes, at);
  if (broken > 0) return !padsDigest(bytes, at, at + broken);
  const value = hexPair(bytes, at + 1);
  return value >= 0x20 && value <= 0x7e;
}

/** Characters of the base64 of 20 and 32 bytes, without its one `=`. */
const longestDigest = 43;
const digestLengths = new Set([27, longestDigest]);
/** Letters and digits of the next line from which on it may be the rest of a value. */
const longestWord = 24;

/**
 * Whether the `=` before a line break ends a digest after `:` or `-`, and a word begins the next `line`, as in every line of a
 * `go.sum`: to undo it would be to look at the whole file twice.
 */
function padsDigest(bytes: Buffer, at: number, line: number): boolean {
  const start = runStart(bytes, at, at - longestDigest - 1, alphabets.base64);
  if (!digestLengths.has(at - start)) return false;
  if (bytes[start - 1] !== 0x3a && bytes[start - 1] !== 0x2d) return false;
  const word = runEnd(bytes, line, line + longestWord, alphabets.dashed);
  const after = bytes[word];
  return (
    word < line + longestWord && (after === undefined || after === 0x2e || after === 0x2f || after <= 0x20)
  );
}

export function quotedPrintableViews(view: View, signs: readonly number[], budget: Budget): readonly View[] {
  const marks = placesToUndo(view.bytes, signs, isQuoted, budget);
  return collected(view, 'quoted-printable', collectAround(view.bytes, marks, undoQuoted));
}
