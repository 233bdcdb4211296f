import type { RawHeaders } from '../request-head.js';
import type { Surface } from '../scan/detector.js';
import type { Finding } from '../scan/finding.js';
import { joinedHead } from './head-joins.js';
import { originsOf, type Pieces, tellsMore } from './joined.js';

/** A place of a request's head, `[start, end)` of its text. */
export interface HeadSpan {
  readonly surface: Exclude<Surface, 'body' | 'frame'>;
  /** What a finding may tell: `host`, `path`, `query`, or the header's name in lower case, at most 64 characters. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Index in the raw headers of the name or the value that stands here; -1 for the target and the host. */
  readonly header: number;
}

/** All of a head that is looked at, in one text, so that one pass does. */
export interface HeadText {
  readonly bytes: Buffer;
  /** What goes on the wire, in the order of the text, which begins with it. */
  readonly spans: readonly HeadSpan[];
  /** What follows it: parts that a reader might put together. */
  readonly pieces: Pieces;
  /** And what parts decode to, each by itself. */
  readonly readings: Pieces;
}

/** A finding with the place where it stands; of a joined one, that of its first part. */
export interface HeadFinding {
  readonly finding: Finding;
  readonly span: HeadSpan;
  /** Offsets in the text of every part of it, all within what goes on the wire. */
  readonly origins: readonly (readonly [start: number, end: number])[];
}

/**
 * Host, path, query, header names and values in one text, a tab between any two, then what they come to when parts
 * are put together. A line break in it was in the request. Scan it as surface `header`, then ask {@link headFindings}.
 *
 * @param target origin-form, as it came
 */
export function requestHeadText(host: string, target: string, headers: RawHeaders): HeadText {
  const spans: HeadSpan[] = [{ surface: 'host', name: 'host', start: 0, end: host.length, header: -1 }];
  let text = `${host}\t`;
  const mark = target.indexOf('?');
  const pathEnd = text.length + (mark < 0 ? target.length : mark);
  spans.push({ surface: 'path', name: 'path', start: text.length, end: pathEnd, header: -1 });
  text += target;
  if (mark >= 0)
    spans.push({ surface: 'query', name: 'query', start: pathEnd + 1, end: text.length, header: -1 });
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const [name, value] = [headers[index] as string, headers[index + 1] as string];
    const start = text.length + 1;
    const label = name.slice(0, 64).toLowerCase();
    const colon = start + name.length;
    spans.push({ surface: 'header', name: label, start, end: colon, header: index });
    text += `\t${name}: ${value}`;
    spans.push({ surface: 'header', name: label, start: colon + 2, end: text.length, header: index + 1 });
  }
  const joined = joinedHead(text, spans);
  return {
    bytes: Buffer.from(text + joined.text, 'latin1'),
    spans,
    pieces: joined.pieces,
    readings: joined.readings,
  };
}

/** Those that count, each with its place: a joined text's only where no part alone shows it. */
export function headFindings(text: HeadText, findings: readonly Finding[]): readonly HeadFinding[] {
  if (findings.length === 0) return [];
  const wire = text.spans.at(-1)?.end ?? 0;
  const readingsFrom = text.readings[0] ?? text.bytes.length;
  const placed: HeadFinding[] = [];
  for (const finding of findings) {
    const origins = originsIn(text, finding, wire, readingsFrom);
    const first = origins[0];
    if (first) placed.push({ finding, span: spanAt(text.spans, first[0]), origins });
  }
  return placed;
}

/** None for a finding that tells nothing more than another. */
function originsIn(
  { pieces, readings }: HeadText,
  finding: Finding,
  wire: number,
  readingsFrom: number,
): [number, number][] {
  const { start, end, class: kind } = finding;
  if (start < wire) return [[start, Math.min(end, wire)]];
  if (start < readingsFrom) return tellsMore(pieces, finding) ? originsOf(pieces, start, end) : [];
  return kind === 'structured' || kind === 'known' ? originsOf(readings, start, end) : [];
}

/** The last span that begins at or before `offset`. */
function spanAt(spans: readonly HeadSpan[], offset: number): HeadSpan {
  let found = spans[0] as HeadSpan;
  for (const span of spans) {
    if (span.start > offset) break;
    found = span;
  }
  return found;
}

/**
 * Target and headers with every finding covered by asterisks, byte for byte; null where one stands in the host or in
 * a header's name, which can't be rewritten. The caller scans the result again.
 */
export function coverHead(
  text: HeadText,
  findings: readonly HeadFinding[],
  headers: RawHeaders,
): { readonly target: string; readonly headers: string[] } | null {
  const covered = Buffer.from(text.bytes);
  for (const { origins } of findings)
    for (const [start, end] of origins) {
      for (const span of text.spans) {
        if (span.end <= start || span.start >= end) continue;
        if (span.surface === 'host' || (span.header >= 0 && span.header % 2 === 0)) return null;
        // The slash that a target begins with stays.
        const first = Math.max(start, span.surface === 'path' ? span.start + 1 : span.start);
        covered.fill(0x2a, first, Math.max(first, Math.min(end, span.end)));
      }
    }
  const rewritten = [...headers];
  let target = '';
  for (const { surface, header, start, end } of text.spans) {
    const now = covered.toString('latin1', start, end);
    if (surface === 'path') target = now;
    else if (surface === 'query') target += `?${now}`;
    else if (header >= 0) rewritten[header] = now;
  }
  return { target, headers: rewritten };
}
