import type { Budget } from '../scan/budget.js';
import { lineRuns, withoutBreaks } from '../scan/line-runs.js';
import { findRuns } from '../scan/runs.js';
import { gzipMagic } from './gzip.js';
import { type Compression, inflate } from './inflate.js';
import { zstdMagic } from './zstd/decoder.js';

/** What a member of an archive begins with, wherever in a file it may stand. */
const archiveMagics = [
  gzipMagic,
  Buffer.from('PK\x03\x04', 'latin1'),
  Buffer.from('\x28\xb5\x2f\xfd', 'latin1'),
];

/** What compressed bytes hold, where nothing says that they are compressed. */
export type OpenedFile =
  | { readonly outcome: 'complete'; readonly contents: readonly Buffer[] }
  | { readonly outcome: 'over-budget' }
  | { readonly outcome: 'cannot-scan'; readonly reason: string };

/** Bytes at the beginning that tell text from anything else. */
const sample = 64;
/** Less than this holds nothing that is looked for. */
const leastContent = 12;

/**
 * Tries what bytes that are no text may be: a zlib stream, bare deflate, brotli. (Gzip, zip and Zstandard have names that they
 * go by and are found anywhere in a text.) What begins as Zstandard and needs a dictionary is refused.
 */
export function openFile(bytes: Buffer, budget: Budget): OpenedFile {
  if (bytes.length < leastContent || isText(bytes) || isBlank(bytes))
    return { outcome: 'complete', contents: [] };
  if (bytes.readUInt32LE(0) === zstdMagic) return openZstd(bytes, budget);
  const contents: Buffer[] = [];
  for (const compression of guesses(bytes)) {
    const result = inflate(compression, bytes, budget, true);
    if (result.outcome === 'over-budget') return { outcome: 'over-budget' };
    if (result.outcome === 'complete' && result.bytes.length >= leastContent) contents.push(result.bytes);
  }
  return { outcome: 'complete', contents };
}

function openZstd(bytes: Buffer, budget: Budget): OpenedFile {
  const result = inflate('zstd', bytes, budget, true);
  switch (result.outcome) {
    case 'complete':
      return { outcome: 'complete', contents: [result.bytes] };
    case 'corrupt':
      return { outcome: 'complete', contents: [] };
    case 'over-budget':
      return { outcome: 'over-budget' };
    case 'unsupported':
      return { outcome: 'cannot-scan', reason: 'a Zstandard file that needs a dictionary' };
  }
}

/** Nothing but zeros to begin with: no stream does, and files are padded with them. */
const isBlank = (bytes: Buffer): boolean => bytes.subarray(0, leastContent).every((byte) => byte === 0);

/** A zlib header (RFC 1950, 2.2) is one in a thousand; what has none may be either of the others. */
function guesses(bytes: Buffer): readonly Compression[] {
  const isZlib = ((bytes[0] as number) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;
  return isZlib ? ['zlib', 'raw', 'brotli'] : ['raw', 'brotli'];
}

/** No control characters but those of text, in the first bytes. */
export function isText(bytes: Buffer): boolean {
  for (let at = 0; at < sample && at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return false;
    if (byte >= 0x80) return isUtf8(bytes.subarray(0, sample));
  }
  return true;
}

/** Valid but for a last character that is cut off. */
function isUtf8(bytes: Buffer): boolean {
  const text = bytes.toString('utf8');
  const broken = text.indexOf('\ufffd');
  return broken < 0 || broken >= text.length - 3;
}

/** Characters of base64 that are decoded to see what they begin. */
const probe = 32;

/** Base64 in which something may stand that the views don't see. */
export interface EmbeddedFile {
  readonly bytes: Buffer;
  /** What it begins with says what it is; otherwise it may be compressed without saying so. */
  readonly known: boolean;
}

/** Strings of base64 that are tried although they begin with nothing known: signatures and hashes are most of them. */
const mostGuesses = 4;
/** Characters of the shortest that is tried. */
const leastGuessed = 40;

/**
 * Base64 that holds a file or a text, decoded whole: where what it begins with is an archive's or a compressed
 * stream's sign, UTF-16, or text; and the first few strings that are base64 from quote to quote. A zlib stream in
 * hexadecimal too.
 */
export function* embeddedFiles(bytes: Buffer): Iterable<EmbeddedFile> {
  let guesses = 0;
  for (const [start, end, broken] of lineRuns(bytes, findRuns(bytes))) {
    const letters = broken ? withoutBreaks(bytes, start, end) : bytes.toString('latin1', start, end);
    if (beginsHexStream(bytes, start) && isHex.test(letters))
      yield { bytes: Buffer.from(letters, 'hex'), known: true };
    const begins = beginsSomething(Buffer.from(letters.slice(0, probe), 'base64'));
    if (!begins && (guesses === mostGuesses || end - start < leastGuessed || !isQuoted(bytes, start, end)))
      continue;
    if (!begins) guesses += 1;
    const decoded = Buffer.from(letters, 'base64');
    yield { bytes: decoded, known: begins || archiveMagics.some((magic) => decoded.includes(magic)) };
  }
}

const isHex = /^(?:[\da-f]{2})+$/i;

/** In hexadecimal a zlib stream of the usual window (RFC 1950, 2.2); what else says what it is, the views find. */
function beginsHexStream(bytes: Buffer, start: number): boolean {
  if (bytes[start] !== 0x37 || bytes[start + 1] !== 0x38) return false;
  const head = Buffer.from(bytes.toString('latin1', start, start + 4), 'hex');
  return head.length === 2 && head.readUInt16BE(0) % 31 === 0;
}

/** From quote to quote, but for padding. */
function isQuoted(bytes: Buffer, start: number, end: number): boolean {
  const quote = bytes[start - 1];
  if (quote !== 0x22 && quote !== 0x27) return false;
  let at = end;
  while (bytes[at] === 0x3d && at < end + 2) at += 1;
  return bytes[at] === quote;
}

/** Gzip, zip (a letter after `PK` begins none of its records: APPNOTE, 4.3), PNG or Zstandard (RFC 8878, 3.1.1). */
export function beginsArchive(head: Buffer): boolean {
  const two = ((head[0] ?? 0) << 8) | (head[1] ?? 0);
  const third = head[2] ?? 0;
  return (
    two === 0x1f8b || (two === 0x504b && third < 0x09) || two === 0x8950 || (two === 0x28b5 && third === 0x2f)
  );
}

function beginsSomething(head: Buffer): boolean {
  if (beginsArchive(head)) return true;
  if (head[0] === 0x78 && head.length > 1 && head.readUInt16BE(0) % 31 === 0) return true;
  for (const order of [0, 1])
    if ([0, 2, 4, 6].every((at) => head[at + order] !== 0 && head[at + 1 - order] === 0)) return true;
  return isText(head);
}
