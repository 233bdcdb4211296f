import type { Readable } from 'node:stream';
import { printable, printableJson } from '../contract/printable.js';
import type { Finding } from '../policy/scan/finding.js';
import type { Scanner } from '../policy/scan/scanner.js';
import { scanStream } from '../policy/scan/stream.js';

interface PlacedFinding extends Finding {
  readonly line: number;
}

export interface ScannedFile {
  readonly file: string;
  readonly findings: readonly PlacedFinding[];
  /** False where some of it takes more work than its length allows, and so was not looked at to its end. */
  readonly whole: boolean;
}

/** Reads through the overlapping window, so that a file of any size takes little memory. */
export async function scanFile(scanner: Scanner, source: Readable, file: string): Promise<ScannedFile> {
  const stream = scanStream(scanner, 'body');
  const found: PlacedFinding[] = [];
  let whole = true;
  let line = 1;
  let offset = 0;
  const take = ({ release, findings, outcome }: ReturnType<typeof stream.end>): void => {
    if (outcome === 'over-budget') whole = false;
    for (const finding of findings) {
      const before = release.subarray(0, Math.max(0, finding.start - offset));
      found.push({ ...finding, line: line + newlines(before) });
    }
    line += newlines(release);
    offset += release.length;
  };
  for await (const chunk of source) take(stream.push(chunk as Buffer));
  take(stream.end());
  return { file, findings: found, whole };
}

function newlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
}

/** One array of `{file, line, detector, rule, class, view, start, end, score}`. */
export function findingsJson(files: readonly ScannedFile[]): string {
  const rows = files.flatMap(({ file, findings }) =>
    findings.map(({ line, detector, rule, class: kind, view, start, end, score }) => ({
      file,
      line,
      detector,
      rule,
      class: kind,
      view,
      start,
      end,
      score: rounded(score),
    })),
  );
  return `${printableJson(rows, null, 2)}\n`;
}

/** `src/a.ts:12: github-personal-access-token (in base64) 0.97`, a line for each. */
export function formatFindings(files: readonly ScannedFile[]): string {
  return files
    .flatMap(({ file, findings }) =>
      findings.map(
        ({ line, rule, view, score }) =>
          `${printable(file, 2000)}:${line}: ${rule}${view === 'text' ? '' : ` (in ${view})`} ${rounded(score)}\n`,
      ),
    )
    .join('');
}

const rounded = (score: number): number => Math.round(score * 100) / 100;
