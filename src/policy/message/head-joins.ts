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
    if (span.surface === 'host') join(joiner, text, split(text, span, '.'));
    else if (span.surface === 'path') join(joiner, text, split(text, span, '/'));
    else if (span.surface === 'query') joinPairs(joiner, text, split(text, span, '&'));
  }
  joinHeaders(joiner, text, spans);
  return { text: joiner.text, pieces: joiner.pieces };
}

function split(text: string, { start, end }: HeadSpan, separator: string): Range[] {
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
      for (const pair of split(text, { start, end } as HeadSpan, ';')) cookies.push(trimmed(text, pair));
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

/** Basic credentials (RFC 7617), decoded: as they are, and name and password put together. */
function decodeBasic(joiner: Joiner, text: string, start: number, end: number): void {
  const scheme = /^basic +/i.exec(text.slice(start, Math.min(end, start + 32)));
  if (!scheme) return;
  const from = start + scheme[0].length;
  const decoded = Buffer.from(text.slice(from, end), 'base64').toString('latin1');
  const colon = decoded.indexOf(':');
  for (const value of colon < 0 ? [decoded] : [decoded, decoded.slice(0, colon) + decoded.slice(colon + 1)]) {
    joiner.text += '\t';
    // Shorter than what it came from, by which a decoded part is told from a copied one.
    const at = joiner.base + joiner.text.length;
    joiner.pieces.push({ start: at, end: at + value.length, from, to: end });
    joiner.text += value;
  }
}

function join(joiner: Joiner, text: string, ranges: readonly Range[]): void {
  if (ranges.length < 2) return;
  let total = 0;
  for (const [from, to] of ranges) total += to - from;
  if (total < shortestJoin) return;
  joiner.text += '\t';
  for (const [from, to] of ranges) {
    const start = joiner.base + joiner.text.length;
    joiner.pieces.push({ start, end: start + to - from, from, to });
    joiner.text += text.slice(from, to);
  }
}
