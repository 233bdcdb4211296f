import type { Surface } from './detector.js';
import type { Finding } from './finding.js';
import type { Scanner } from './scanner.js';
import { widened } from './widen.js';

export interface Redaction {
  readonly bytes: Buffer;
  /** What was covered. */
  readonly findings: readonly Finding[];
  /** What a second scan still found, or could not finish: then the message can't be let out. */
  readonly left: readonly Finding[];
  readonly outcome: 'redacted' | 'not-redacted';
}

const mask = 0x2a;
/** A value that was found once is covered wherever it stands, when it is long enough to be no common word. */
const leastRepeated = 8;

/**
 * Covers every finding, and what plainly belongs to it, with asterisks, byte for byte, so that lengths stay, and every other place where a covered
 * value stands; then scans again. A value that stood encoded is covered in its encoded form.
 */
export function redact(scanner: Scanner, bytes: Uint8Array, surface: Surface): Redaction {
  const covered = Buffer.from(bytes);
  const found: Finding[] = [];
  for (let round = 0; round < 3; round += 1) {
    const { findings, outcome } = scanner.scan(covered, surface, { thorough: found.length > 0 || round > 0 });
    if (outcome === 'over-budget')
      return { bytes: covered, findings: found, left: findings, outcome: 'not-redacted' };
    if (findings.length === 0) return { bytes: covered, findings: found, left: [], outcome: 'redacted' };
    found.push(...findings);
    cover(covered, findings);
  }
  const { findings, outcome } = scanner.scan(covered, surface);
  const clean = findings.length === 0 && outcome === 'complete';
  return { bytes: covered, findings: found, left: findings, outcome: clean ? 'redacted' : 'not-redacted' };
}

/** Covers the findings' spans in place, and every other occurrence of what stood there. */
function cover(bytes: Buffer, findings: readonly Finding[]): void {
  const values = new Set<string>();
  for (const { start, end } of findings)
    if (end - start >= leastRepeated && end - start <= 4096) values.add(bytes.toString('latin1', start, end));
  const spans = findings.map((finding) => widened(bytes, finding));
  for (const [start, end] of spans) bytes.fill(mask, start, end);
  for (const value of values) {
    const needle = Buffer.from(value, 'latin1');
    for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + needle.length))
      bytes.fill(mask, at, at + needle.length);
  }
}
