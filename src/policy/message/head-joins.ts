import { decodeOnce } from '../path.js';
import type { HeadSpan } from './head.js';
import { type Pieces, shortestJoin } from './joined.js';

/** What a reader may put together from the parts of a head, and what its parts decode to. */
export interface JoinedHead {
  readonly text: string;
  readonly pieces: Pieces;
  /** These stand after the pieces. */
  readonly readings: Pieces;
}

interface Joiner {
  readonly source: string;
  readonly pieces: number[];
  /** Behind the source. */
  text: string;
  /** Stretches that are decoded by themselves, and what they read as. */
  readonly decoded: (readonly [reading: string, range: Range])[];
}

type Range = readonly [from: number, to: number];

/** Headers that say how a message is framed and for whom; their values can't be chosen freely. */
const framing = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade']);
/** Headers of every client, which may stand between the parts of a value. */
const usual = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-type',
  'date',
  'user-agent',
]);

export function joinedHead(source: string, spans: readonly HeadSpan[]): JoinedHead {
  const joiner: Joiner = { source, pieces: [], text: '', decoded: [] };
  for (const span of spans) {
    if (span.surface === 'header') break;
    const range: Range = [span.start, span.end];
    if (span.surface === 'host') join(joiner, split(joiner, range, '.'));
    else {
      read(joiner, range);
      if (span.surface === 'path') join(joiner, split(joiner, range, '/'));
      else joinPairs(joiner, split(joiner, range, '&'));
      // Some servers part parameters so, and those of a path (RFC 3986, 3.3).
      joinPairs(joiner, split(joiner, range, ';'));
    }
  }
  joinHeaders(joiner, spans);
  const readings: number[] = [];
  for (const [reading, [from, to]] of joiner.decoded) {
    const start = source.length + joiner.text.length + 1;
    readings.push(start, start + reading.length, from, to);
    joiner.text += `\t${reading}`;
  }
  return { text: joiner.text, pieces: joiner.pieces, readings };
}

function split({ source }: Joiner, [start, end]: Range, separator: string): Range[] {
  const ranges: Range[] = [];
  for (let from = start; from <= end; ) {
    const at = source.indexOf(separator, from);
    const to = at < 0 || at > end ? end : at;
    if (to > from) ranges.push([from, to]);
    from = to + 1;
  }
  return ranges;
}

/** Values of `name=value` in order, and names in order. */
function joinPairs(joiner: Joiner, pairs: readonly Range[]): void {
  if (pairs.length < 2) return;
  const names: Range[] = [];
  const values: Range[] = [];
  for (const [from, to] of pairs) {
    const equals = joiner.source.indexOf('=', from);
    const parted = equals >= 0 && equals < to;
    names.push([from, parted ? equals : to]);
    if (parted && equals + 1 < to) values.push([equals + 1, to]);
  }
  join(joiner, values);
  join(joiner, names);
}

function joinHeaders(joiner: Joiner, spans: readonly HeadSpan[]): void {
  const all: Range[] = [];
  const own: Range[] = [];
  const names: Range[] = [];
  const cookies: Range[] = [];
  let parted = false;
  let between = false;
  for (const { surface, header, name, start, end } of spans) {
    if (surface !== 'header' || framing.has(name)) continue;
    if (header % 2 === 0) {
      if (!usual.has(name)) names.push([start, end]);
      continue;
    }
    if (name === 'cookie') cookies.push(...cookiesOf(joiner, [start, end]));
    else if (name.endsWith('authorization')) readBasic(joiner, [start, end]);
    all.push([start, end]);
    if (usual.has(name)) {
      between = own.length > 0;
      continue;
    }
    parted ||= between;
    own.push([start, end]);
  }
  join(joiner, all);
  if (parted) join(joiner, own);
  if (names.some(([from, to]) => /[\d_]/.test(joiner.source.slice(from, to)))) join(joiner, names);
  joinPairs(joiner, cookies);
}

function cookiesOf(joiner: Joiner, range: Range): Range[] {
  read(joiner, range);
  return split(joiner, range, ';').map(([from, to]) => {
    let start = from;
    while (start < to && joiner.source.charCodeAt(start) === 0x20) start += 1;
    return [start, to];
  });
}

/** What stands there as it reads without percent-encoding. */
function read(joiner: Joiner, range: Range): void {
  const encoded = joiner.source.slice(...range);
  if (encoded.includes('%')) joiner.decoded.push([decodeOnce(encoded), range]);
}

/** Basic credentials (RFC 7617), decoded: as they are, and name and password put together. */
function readBasic(joiner: Joiner, [start, end]: Range): void {
  const scheme = /^basic +/i.exec(joiner.source.slice(start, Math.min(end, start + 32)));
  if (!scheme) return;
  const from = start + scheme[0].length;
  const decoded = Buffer.from(joiner.source.slice(from, end), 'base64').toString('latin1');
  joiner.decoded.push([decoded, [from, end]]);
  const colon = decoded.indexOf(':');
  if (colon >= 0) joiner.decoded.push([decoded.slice(0, colon) + decoded.slice(colon + 1), [from, end]]);
}

function join(joiner: Joiner, ranges: readonly Range[]): void {
  if (ranges.length < 2) return;
  let total = 0;
  for (const [from, to] of ranges) total += to - from;
  if (total < shortestJoin) return;
  const parts = ranges.map(([from, to]) => joiner.source.slice(from, to));
  append(joiner, ranges, parts);
  if (!parts.some((part) => part.includes(' '))) return;
  // Where much of it is blanks and the like, once more without them: between two parts they got lost.
  const bare = parts.map((part) => part.replace(/[^\w-]/g, ''));
  if (bare.reduce((sum, part) => sum + part.length, 0) * 3 < total * 2) append(joiner, ranges, bare);
}

/** Puts the parts together and undoes percent-encoding after it: an escape may be cut in two. */
function append(joiner: Joiner, ranges: readonly Range[], parts: readonly string[]): void {
  const base = joiner.source.length + joiner.text.length + 1;
  const joined = parts.join('');
  const escapes = joined.includes('%')
    ? [...joined.matchAll(/%[\dA-Fa-f]{2}/g)].map(({ index }) => index)
    : [];
  joiner.text += `\t${escapes.length === 0 ? joined : decodeOnce(joined)}`;
  let [length, before, start] = [0, 0, base];
  ranges.forEach(([from, to], index) => {
    length += (parts[index] as string).length;
    while (before < escapes.length && (escapes[before] as number) < length) before += 1;
    const end = Math.max(start, base + length - 2 * before);
    joiner.pieces.push(start, end, from, to);
    start = end;
  });
}
