import type { View } from '../scan/view.js';
import {
  type Collector,
  collectAround,
  collected,
  hexValue,
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
  const value = hexPair(bytes, at + 1);
  if (value < 0) return -1;
  put(collector, value, at, at + 3);
  return at + 3;
};

/** Percent-encoding (RFC 3986, 2.1). */
export function percentViews(view: View, signs: readonly number[]): readonly View[] {
  const marks = signs.filter((at) => hexPair(view.bytes, at + 1) >= 0);
  return collected(view, 'percent', collectAround(view.bytes, marks, undoPercent));
}

/** `\u0041`, `\u{41}`, `\x41`, `\101`, `\/` as JSON and JavaScript write them; `\n` and its kin stay as they are. */
const undoBackslash: Undo = (bytes, at, collector) => {
  if (bytes[at] !== 0x5c) return -1;
  const kind = bytes[at + 1];
  if (kind === 0x2f) {
    put(collector, 0x2f, at, at + 2);
    return at + 2;
  }
  if (kind === 0x78) {
    const value = hexPair(bytes, at + 2);
    if (value < 0) return -1;
    put(collector, value, at, at + 4);
    return at + 4;
  }
  if (kind === 0x75) return undoUnicode(bytes, at, collector);
  return undoOctal(bytes, at, collector);
};

function undoUnicode(bytes: Buffer, at: number, collector: Collector): number {
  const braced = bytes[at + 2] === 0x7b;
  let end = braced ? at + 3 : at + 2;
  const limit = braced ? at + 9 : at + 6;
  let code = 0;
  while (end < limit && hexValue(bytes[end]) >= 0) {
    code = code * 16 + hexValue(bytes[end]);
    end += 1;
  }
  if (braced ? bytes[end] !== 0x7d || end === at + 3 : end !== limit) return -1;
  if (braced) end += 1;
  putCodePoint(collector, code, at, end);
  return end;
}

function undoOctal(bytes: Buffer, at: number, collector: Collector): number {
  let code = 0;
  for (let i = at + 1; i < at + 4; i += 1) {
    const digit = (bytes[i] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) return -1;
    code = code * 8 + digit;
  }
  put(collector, code & 0xff, at, at + 4);
  return at + 4;
}

export function backslashViews(view: View, marks: readonly number[]): readonly View[] {
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
  const limit = first + (base === 16 ? 6 : 7);
  let code = 0;
  let end = first;
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
  const code = end < 0 ? undefined : named[bytes.toString('latin1', at + 1, end)];
  if (code === undefined) return -1;
  if (code > 0) put(collector, code, at, end + 1);
  return end + 1;
}

/** Bytes of the longest name above, and the semicolon. */
const longestNamed = 8;

/** The offset of the semicolon after one of the names above, or -1: `&name=` of a query is no reference. */
function nameEnd(bytes: Buffer, at: number): number {
  let end = at + 1;
  const limit = end + longestNamed;
  while (end < limit && bytes[end] !== 0x3b) end += 1;
  if (end === limit || end >= bytes.length) return -1;
  return Object.hasOwn(named, bytes.toString('latin1', at + 1, end)) ? end : -1;
}

export function referenceViews(view: View, signs: readonly number[]): readonly View[] {
  const marks = signs.filter((at) => view.bytes[at + 1] === 0x23 || nameEnd(view.bytes, at) > 0);
  return collected(view, 'html', collectAround(view.bytes, marks, undoReference));
}

/** Quoted-printable (RFC 2045, 6.7): `=41`, and `=` at the end of a line. */
const undoQuoted: Undo = (bytes, at, collector) => {
  if (bytes[at] !== 0x3d) return -1;
  if (bytes[at + 1] === 0x0a) return at + 2;
  if (bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a) return at + 3;
  const value = hexPair(bytes, at + 1);
  if (value < 0x20 || value > 0x7e) return -1;
  put(collector, value, at, at + 3);
  return at + 3;
};

function isQuoted(bytes: Buffer, at: number): boolean {
  const next = bytes[at + 1];
  if (next === 0x0a || (next === 0x0d && bytes[at + 2] === 0x0a)) return true;
  const value = hexPair(bytes, at + 1);
  return value >= 0x20 && value <= 0x7e;
}

export function quotedPrintableViews(view: View, signs: readonly number[]): readonly View[] {
  const marks = signs.filter((at) => isQuoted(view.bytes, at));
  return collected(view, 'quoted-printable', collectAround(view.bytes, marks, undoQuoted));
}
