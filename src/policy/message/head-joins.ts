import { decodeOnce } from '../path.js';
import type { HeadSpan } from './head.js';
import { type Piece, shortestJoin } from './joined.js';

/** Headers of every client, whose values are no place to hide a part of a value in: they would only part the others. */
const usual = new Set([
  'host',
  'connection',
  'content-length',
  'content-type',
  'transfer-encoding',
  'accept',
  'accept-encoding',
  'accept-language',
  'user-agent',
  'cache-control',
  'date',
  'upgrade',
]);

interface Joiner {
  readonly pieces: Piece[];
  text: string;
  /** Offset of `text` in the whole. */
  readonly base: number;
}

type Range = readonly [from: number, to: number];

/** What a reader may put together from the parts of a head, and what its credentials decode to. */
export function joinedHead(
  text: string,
  spans: readonly HeadSpan[],
): { readonly text: string; readonly pieces: readonly Piece[] } {
  const joiner: Joiner = { pieces: [], text: '', base: text.length };
  for (const span of spans) {
    const range: Range = [span.start, span.end];
    if (span.surface === 'path' || span.surface === 'query') addDecoded(joiner, text, range);
    if (span.surface === 'host') join(joiner, text, split(text, range, '.'));
    else if (span.surface === 'path') join(joiner, text, split(text, range, '/'));
    else if (span.surface === 'query') joinPairs(joiner, text, split(text, range, '&'));
  }
  joinHeaders(joiner, text, spans);
  return { text: joiner.text, pieces: joiner.pieces };
}

function split(text: string, [start, end]: Range, separator: string): Range[] {
  const ranges: Range[] = [];
  for (let from = start; from <= end; ) {
    const at = text.indexOf(separator, from);
    const to = at < 0 || at > end ? end : at;
    if (to > from) ranges.push([from, to]);
    from = to + 1;
  }
  return ranges;
}

/** Values of `name=value` in order, and names in order. */
function joinPairs(joiner: Joiner, text: string, pairs: readonly Range[]): void {
  if (pairs.length < 2) return;
  const names: Range[] = [];
  const values: Range[] = [];
  for (const [from, to] of pairs) {
    const equals = text.indexOf('=', from);
    const parted = equals >= 0 && equals < to;
    names.push([from, parted ? equals : to]);
    if (parted && equals + 1 < to) values.push([equals + 1, to]);
  }
  join(joiner, text, values);
  join(joiner, text, names);
}

function joinHeaders(joiner: Joiner, text: string, spans: readonly HeadSpan[]): void {
  const names: Range[] = [];
  const values: Range[] = [];
  const cookies: Range[] = [];
  for (const { header, name, start, end } of spans) {
    if (header < 0 || usual.has(name)) continue;
    if (header % 2 === 0) {
      names.push([start, end]);
      continue;
    }
    if (name === 'cookie') {
      addDecoded(joiner, text, [start, end]);
      for (const pair of split(text, [start, end], ';')) cookies.push(trimmed(text, pair));
      continue;
    }
    if (name.endsWith('authorization')) decodeBasic(joiner, text, start, end);
    values.push([start, end]);
  }
  join(joiner, text, values);
  join(joiner, text, names);
  joinPairs(joiner, text, cookies);
}

function trimmed(text: string, [from, to]: Range): Range {
  let start = from;
  while (start < to && text.charCodeAt(start) === 0x20) start += 1;
  return [start, to];
}

/** What stands there as it reads without percent-encoding. */
function addDecoded(joiner: Joiner, text: string, [start, end]: Range): void {
  const encoded = text.slice(start, end);
  if (encoded.includes('%')) addReading(joiner, decodeOnce(encoded), start, end);
}

/** Basic credentials (RFC 7617), decoded: as they are, and name and password put together. */
function decodeBasic(joiner: Joiner, text: string, start: number, end: number): void {
  const scheme = /^basic +/i.exec(text.slice(start, Math.min(end, start + 32)));
  if (!scheme) return;
  const from = start + scheme[0].length;
  const decoded = Buffer.from(text.slice(from, end), 'base64').toString('latin1');
  const colon = decoded.indexOf(':');
  addReading(joiner, decoded, from, end);
  if (colon >= 0) addReading(joiner, decoded.slice(0, colon) + decoded.slice(colon + 1), from, end);
}

/** What `[from, to)` reads as, by itself. */
function addReading(joiner: Joiner, reading: string, from: number, to: number): void {
  joiner.text += '\t';
  const start = joiner.base + joiner.text.length;
  joiner.pieces.push({ start, end: start + reading.length, from, to, reading: true });
  joiner.text += reading;
}

function join(joiner: Joiner, text: string, ranges: readonly Range[]): void {
  if (ranges.length < 2) return;
  let total = 0;
  for (const [from, to] of ranges) total += to - from;
  if (total < shortestJoin) return;
  const parts = ranges.map(([from, to]) => text.slice(from, to));
  append(joiner, ranges, parts);
  // Where most of it is blanks and the like, once more without them: between two parts they got lost.
  const bare = parts.map((part) => part.replace(/[^\w-]/g, ''));
  if (bare.reduce((sum, part) => sum + part.length, 0) * 3 < total * 2) append(joiner, ranges, bare);
}

/** Puts the parts together and undoes percent-encoding after it: an escape may be cut in two. */
function append(joiner: Joiner, ranges: readonly Range[], parts: readonly string[]): void {
  joiner.text += '\t';
  const base = joiner.base + joiner.text.length;
  const joined = parts.join('');
  const escapes = [...joined.matchAll(/%[\dA-Fa-f]{2}/g)].map(({ index }) => index);
  joiner.text += escapes.length === 0 ? joined : decodeOnce(joined);
  let [length, before, start] = [0, 0, base];
  ranges.forEach(([from, to], index) => {
    length += (parts[index] as string).length;
    while (before < escapes.length && (escapes[before] as number) < length) before += 1;
    const end = Math.max(start, base + length - 2 * before);
    joiner.pieces.push({ start, end, from, to });
    start = end;
  });
}
