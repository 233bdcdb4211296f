import { beginsArchive } from '../message/files.js';
import { type Budget, costs, spend } from '../scan/budget.js';
import { lineRuns, withoutBreaks } from '../scan/line-runs.js';
import { derivedView, type View } from '../scan/view.js';
import { textWindows } from './base64.js';
import { hexValue } from './collector.js';

/** Decoded parts, one after the other with a zero byte between. */
interface Decoded {
  readonly parts: Buffer[];
  readonly segments: Segment[];
}

interface Segment {
  readonly from: number;
  readonly start: number;
  readonly end: number;
  /** Characters a group and bytes a group; a joined run has none and maps as a whole. */
  readonly group: readonly [characters: number, bytes: number] | null;
}

/** What base64 of zip, gzip, PNG and Zstandard begins with. */
const archives = ['UEsD', 'H4sI', 'iVBO', 'KLUv'].map((head) => Buffer.from(head, 'latin1'));
/** Characters of a run in which an archive is looked for behind its beginning: digests are shorter. */
const leastPrefixed = 100;
const archiveHeads = ['PK\x03\x04', '\x1f\x8b\x08', '\x89PNG', '(\xb5/\xfd'].map((head) =>
  Buffer.from(head, 'latin1'),
);

/** Base64 and base64url, padded or not, at any alignment, also broken over lines; hexadecimal. */
export function encodedViews(view: View, budget: Budget): readonly View[] {
  const base64: Decoded = { parts: [], segments: [] };
  const hex: Decoded = { parts: [], segments: [] };
  for (const [start, end, joined] of lineRuns(view.bytes, view.runs())) {
    if (budget.remaining < 0) break;
    const run = joined ? unbroken(view.bytes, start, end) : { bytes: view.bytes, start, end, whole: null };
    addHex(run, hex, budget);
    addBase64(run, base64, budget);
  }
  return [...segmented(view, 'base64', base64), ...segmented(view, 'hex', hex)];
}

/** A run that may be encoded. */
interface Run {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** Where all of it comes from, when the bytes aren't the view's own. */
  readonly whole: Omit<Segment, 'from'> | null;
}

/** A run without the line breaks in it. */
function unbroken(bytes: Buffer, start: number, end: number): Run {
  const letters = Buffer.from(withoutBreaks(bytes, start, end), 'latin1');
  return { bytes: letters, start: 0, end: letters.length, whole: { start, end, group: null } };
}

function addBase64({ bytes, start, end, whole }: Run, into: Decoded, budget: Budget): void {
  const archive = archiveIn(bytes, start, end);
  /** Alignments at which all was decoded, for the sake of an archive. */
  let done = 0;
  const windows = archive === start ? [] : textWindows(bytes, start, end);
  for (const { from, to } of archive < 0 ? windows : [{ from: archive, to: end }, ...windows]) {
    const lane = 1 << ((from - start) & 3);
    if (done & lane) continue;
    if (!spend(budget, costs.part + to - from)) return;
    let stop = to;
    let decoded = Buffer.from(bytes.toString('latin1', from, stop), 'base64');
    if (stop < end && archiveHeads.some((head) => decoded.includes(head))) {
      stop = end;
      done |= lane;
      decoded = Buffer.from(bytes.toString('latin1', from, stop), 'base64');
    }
    addSegment(into, decoded, whole ?? { start: from, end: stop, group: [4, 3] });
  }
}

/** Where in a run the base64 of an archive begins; -1: nowhere. */
function archiveIn(bytes: Buffer, start: number, end: number): number {
  for (const head of archives) if (bytes[start] === head[0] && standsAt(bytes, start, head)) return start;
  if (end - start < leastPrefixed) return -1;
  const run = bytes.subarray(start, end);
  const found = archives.map((head) => run.indexOf(head)).filter((at) => at >= 0);
  return found.length === 0 ? -1 : start + Math.min(...found);
}

function standsAt(bytes: Buffer, start: number, head: Buffer): boolean {
  for (let i = 0; i < head.length; i += 1) if (bytes[start + i] !== head[i]) return false;
  return true;
}

/** Digits of the shortest text in hexadecimal that is decoded. */
const leastHex = 24;

/** Every stretch of an even number of hexadecimal digits that decodes to text; looked for from its end. */
function addHex(run: Run, into: Decoded, budget: Budget): void {
  const { bytes, start, end } = run;
  let from = start;
  while (from + leastHex <= end) {
    let at = from + leastHex - 1;
    while (at >= from && hexValue(bytes[at]) >= 0) at -= 1;
    if (at >= from) {
      from = at + 1;
      continue;
    }
    let to = from + leastHex;
    while (to < end && hexValue(bytes[to]) >= 0) to += 1;
    addHexStretch(run, from, to, into, budget);
    from = to + 1;
  }
}

function addHexStretch({ bytes, whole }: Run, from: number, to: number, into: Decoded, budget: Budget): void {
  for (const start of [from, from + 1]) {
    if (to - start < leastHex) continue;
    if (!hasHexText(bytes, start, to) && !beginsHexArchive(bytes, start)) continue;
    if (!spend(budget, costs.part + ((to - start) >> 1))) return;
    const decoded = Buffer.from(bytes.toString('latin1', start, to), 'hex');
    addSegment(into, decoded, whole ?? { start, end: to, group: [2, 1] });
  }
}

const pairAt = (bytes: Buffer, at: number): number => hexValue(bytes[at]) * 16 + hexValue(bytes[at + 1]);

/** Whether twelve bytes in a row are those of text; they are looked at from the last one. */
function hasHexText(bytes: Buffer, start: number, end: number): boolean {
  let from = start;
  while (from + leastHex <= end) {
    let at = from + leastHex - 2;
    while (at >= from && isTextual(pairAt(bytes, at))) at -= 2;
    if (at < from) return true;
    from = at + 2;
  }
  return false;
}

/** Printable, a tab or a line break: a value may be written a letter a line. */
const isTextual = (byte: number): boolean =>
  (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09;

const archiveBytes = new Set([0x1f, 0x50, 0x89, 0x28]);

const beginsHexArchive = (bytes: Buffer, start: number): boolean => {
  const first = pairAt(bytes, start);
  if (!archiveBytes.has(first)) return false;
  return beginsArchive(Buffer.from([first, pairAt(bytes, start + 2), pairAt(bytes, start + 4)]));
};

const zero = Buffer.from([0]);

function addSegment({ parts, segments }: Decoded, decoded: Buffer, segment: Omit<Segment, 'from'>): void {
  const before = segments.at(-1);
  const from = before ? before.from + (parts.at(-2)?.length ?? 0) + zero.length : 0;
  parts.push(decoded, zero);
  const { start, end, group } = segment;
  segments.push({ from, start, end, group });
}

function segmentAt(segments: readonly Segment[], offset: number): Segment {
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((segments[middle] as Segment).from <= offset) low = middle;
    else high = middle - 1;
  }
  return segments[low] as Segment;
}

function segmented(view: View, name: string, { parts, segments }: Decoded): readonly View[] {
  if (parts.length === 0) return [];
  const origin = (start: number, end: number): readonly [number, number] => {
    const segment = segmentAt(segments, start);
    if (!segment.group) return [segment.start, segment.end];
    const [characters, bytes] = segment.group;
    const first = segment.start + Math.floor((start - segment.from) / bytes) * characters;
    const last = segment.start + Math.ceil((end - segment.from) / bytes) * characters;
    return [first, Math.min(last, segment.end)];
  };
  return [derivedView(view, name, Buffer.concat(parts), origin)];
}
