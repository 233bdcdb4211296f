import type { Finding } from '../scan/finding.js';

/** Bytes shown on each side of a value. */
const around = 60;
const longestSnippet = 160;
const asterisk = 0x2a;

type Span = Pick<Finding, 'start' | 'end'>;

/** What stands around a finding, with every value struck out, fit to be shown to people. */
export function snippetOf(bytes: Buffer, finding: Span, findings: readonly Span[]): string {
  const [first, last] = wholeRun(bytes, finding);
  const before = struckOut(bytes, Math.max(0, first - around), first, findings);
  const after = struckOut(bytes, last, Math.min(bytes.length, last + around), findings);
  return `${before}[${finding.end - finding.start} bytes]${after}`.trim().slice(0, longestSnippet);
}

/** The bytes from `from` to `to` as text, asterisks for every finding and for the runs that touch one. */
function struckOut(bytes: Buffer, from: number, to: number, findings: readonly Span[]): string {
  const text = Buffer.from(bytes.subarray(from, to));
  const strike = (start: number, end: number): void =>
    void text.fill(asterisk, Math.max(start, from) - from, Math.max(Math.min(end, to), from) - from);
  // Runs are widened, and not findings: there may be thousands of those, and they may lie in one run.
  const [lowest] = wholeRun(bytes, { start: from, end: from });
  const [, highest] = wholeRun(bytes, { start: to, end: to });
  const near = findings.filter(touches(lowest, highest));
  for (let at = from; at < to; at += 1) {
    if (isValueByte[bytes[at] as number] === 0) continue;
    const [start, end] = wholeRun(bytes, { start: at, end: at + 1 });
    if (near.some(touches(start, end))) strike(start, end);
    at = end;
  }
  for (const { start, end } of near) strike(start, end);
  return text.toString('latin1').replace(/[^\x20-\x7e]+/g, ' ');
}

const touches =
  (from: number, to: number) =>
  ({ start, end }: Span): boolean =>
    start <= to && end >= from;

/** A value may go on beyond what was found of it: all that touches it is struck out. */
function wholeRun(bytes: Buffer, { start, end }: Span): readonly [number, number] {
  let first = start;
  let last = end;
  while (first > 0 && isValueByte[bytes[first - 1] as number]) first -= 1;
  while (last < bytes.length && isValueByte[bytes[last] as number]) last += 1;
  return [first, last];
}

/** By byte: 1 for what values are written with. */
const isValueByte = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[\w%+~-]/.test(String.fromCharCode(byte)) ? 1 : 0,
);
