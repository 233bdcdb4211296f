import type { Finding, ScanResult } from '../scan/finding.js';
import type { Place } from './message.js';

/** A finding and where in the request it stands. */
export interface Found {
  readonly finding: Finding;
  readonly place: Place;
  /** What an approval covers: the value as it stands, or of a value that the bottle holds its name. Told to nobody. */
  readonly value: string;
  /** What stands around the value, struck out itself; at most 200 characters. */
  readonly snippet: string;
}

export interface Examination {
  readonly found: readonly Found[];
  readonly outcome: ScanResult['outcome'];
}

/** Bytes shown on each side of a value. */
const around = 60;
const longestSnippet = 200;

/** Says of each finding where it stands. @param places of `bytes`, in order */
export function locate(
  bytes: Buffer,
  findings: readonly Finding[],
  places: readonly Place[],
): readonly Found[] {
  return findings.flatMap((finding) => {
    const touched = places.filter(({ start, end }) => start < finding.end && finding.start < end);
    const [first] = touched;
    // A finding over several parts is as stubborn as the most stubborn of them.
    const place = touched.find(({ rewritable }) => !rewritable) ?? first ?? places[0];
    if (!place) return [];
    const { start, end } = finding;
    const known = finding.class === 'known';
    return [
      {
        finding,
        place: touched.length > 1 && first ? { ...place, name: first.name } : place,
        value: known ? `known ${finding.rule}` : bytes.toString('latin1', start, Math.min(end, start + 8192)),
        snippet: snippetOf(bytes, finding, findings),
      },
    ];
  });
}

function snippetOf(bytes: Buffer, { start, end }: Finding, findings: readonly Finding[]): string {
  const [first, last] = wholeRun(bytes, start, end);
  const spans = findings.map((finding) => wholeRun(bytes, finding.start, finding.end));
  const shown = (from: number, to: number) => {
    const text = Buffer.from(bytes.subarray(from, to));
    for (const [a, b] of spans) text.fill(0x2a, clamp(a - from, text.length), clamp(b - from, text.length));
    return text.toString('latin1').replace(/[^\x20-\x7e]+/g, ' ');
  };
  const before = shown(Math.max(0, first - around), first);
  const after = shown(last, Math.min(bytes.length, last + around));
  return `${before}[${end - start} bytes]${after}`.trim().slice(0, longestSnippet);
}

const clamp = (value: number, length: number): number => Math.min(length, Math.max(0, value));

/** A value may go on beyond what was found of it: all that touches it is struck out. */
function wholeRun(bytes: Buffer, start: number, end: number): readonly [number, number] {
  let first = start;
  let last = end;
  while (first > 0 && start - first < 4096 && isValueByte(bytes[first - 1])) first -= 1;
  while (last < bytes.length && last - end < 4096 && isValueByte(bytes[last])) last += 1;
  return [first, last];
}

function isValueByte(byte: number | undefined): boolean {
  if (byte === undefined || byte <= 0x20 || byte >= 0x7f) return false;
  return /[\w%+~-]/.test(String.fromCharCode(byte));
}
