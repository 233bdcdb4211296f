import type { Finding } from '../scan/finding.js';

/** Bytes shown on each side of a value. */
const around = 60;
const longestSnippet = 160;
/** Bytes beyond a finding that may be struck out with it. */
const longestRun = 4096;

type Span = Pick<Finding, 'start' | 'end'>;

/** What stands around a finding, with every value struck out, fit to be shown to people. */
export function snippetOf(bytes: Buffer, finding: Span, findings: readonly Span[]): string {
  const [first, last] = wholeRun(bytes, finding);
  const spans = findings.map((other) => wholeRun(bytes, other));
  const shown = (from: number, to: number) => {
    const text = Buffer.from(bytes.subarray(from, to));
    for (const [start, end] of spans)
      text.fill(0x2a, clamp(start - from, text.length), clamp(end - from, text.length));
    return text.toString('latin1').replace(/[^\x20-\x7e]+/g, ' ');
  };
  const before = shown(Math.max(0, first - around), first);
  const after = shown(last, Math.min(bytes.length, last + around));
  return `${before}[${finding.end - finding.start} bytes]${after}`.trim().slice(0, longestSnippet);
}

const clamp = (value: number, length: number): number => Math.min(length, Math.max(0, value));

/** A value may go on beyond what was found of it: all that touches it is struck out. */
function wholeRun(bytes: Buffer, { start, end }: Span): readonly [number, number] {
  let first = start;
  let last = end;
  while (first > 0 && start - first < longestRun && isValueByte(bytes[first - 1])) first -= 1;
  while (last < bytes.length && last - end < longestRun && isValueByte(bytes[last])) last += 1;
  return [first, last];
}

function isValueByte(byte: number | undefined): boolean {
  return byte !== undefined && byte > 0x20 && byte < 0x7f && /[\w%+~-]/.test(String.fromCharCode(byte));
}
