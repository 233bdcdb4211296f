import type { Readable } from 'node:stream';
import { printableJson } from '../contract/printable.js';
import type { Finding } from '../policy/scan/finding.js';
import type { Scanner } from '../policy/scan/scanner.js';

export interface Scanners {
  readonly outbound: Scanner;
  readonly inbound: Scanner;
}

/** Answers gathered before they are written. */
const gathered = 1 << 16;
/** A line longer than this is answered with an error instead of being held. */
const longestLine = 64 << 20;
/** Some editors and shells put it before the first line. */
const byteOrderMark = Buffer.from('\u{feff}');

export interface LinesResult {
  readonly found: boolean;
  /** Lines that were answered with an error: they were not looked through, or not to their end. */
  readonly failed: number;
}

/**
 * Reads one `{"id","text","direction"}` a line and writes one `{"id","findings"}` a line, in order. A line that can't
 * be read, or not be looked through to its end, is answered with `"error"`.
 *
 * @param write waits when the reader is slow
 */
export async function scanLines(
  source: Readable,
  write: (text: string) => void,
  scanners: Scanners,
): Promise<LinesResult> {
  let found = false;
  let failed = 0;
  let answers = '';
  const flush = () => {
    if (answers) write(answers);
    answers = '';
  };
  for await (const line of linesOf(source)) {
    const answer = answerLine(line, scanners);
    found ||= answer.findings.length > 0;
    if (answer.error !== undefined) failed += 1;
    answers += `${printableJson(answer)}\n`;
    if (answers.length >= gathered) flush();
  }
  flush();
  return { found, failed };
}

/** Lines with something in them, cut at {@link longestLine}. */
async function* linesOf(source: Readable): AsyncGenerator<Buffer> {
  let first = true;
  let rest: Buffer[] = [];
  let restLength = 0;
  const whole = (end: Buffer): Buffer => {
    const line = rest.length === 0 ? end : Buffer.concat([...rest, end]);
    const marked = first && line.indexOf(byteOrderMark) === 0;
    first = false;
    rest = [];
    restLength = 0;
    return marked ? line.subarray(byteOrderMark.length) : line;
  };
  for await (const chunk of source as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      const line = whole(chunk.subarray(from, at));
      from = at + 1;
      if (!isBlank(line)) yield line;
    }
    if (from < chunk.length && restLength < longestLine) {
      rest.push(chunk.subarray(from));
      restLength += chunk.length - from;
    }
  }
  const last = whole(Buffer.alloc(0));
  if (!isBlank(last)) yield last;
}

const isBlank = (line: Buffer): boolean => line.length === 0 || (line.length === 1 && line[0] === 13);

interface Answer {
  readonly id: unknown;
  readonly findings: readonly Pick<Finding, 'detector' | 'rule' | 'view' | 'score'>[];
  readonly error?: string;
}

function answerLine(line: Buffer, scanners: Scanners): Answer {
  let row: unknown;
  try {
    row = JSON.parse(line.toString('utf8'));
  } catch {
    return { id: null, findings: [], error: 'not JSON' };
  }
  const { id = null, text, direction = 'outbound' } = (row ?? {}) as Record<string, unknown>;
  if (typeof text !== 'string') return { id, findings: [], error: "no 'text'" };
  if (direction !== 'outbound' && direction !== 'inbound')
    return { id, findings: [], error: "'direction' is outbound or inbound" };
  const { findings, outcome } = scanners[direction].scan(Buffer.from(text, 'utf8'), 'body');
  return {
    id,
    findings: findings.map(({ detector, rule, view, score }) => ({
      detector,
      rule,
      view,
      score: Math.round(score * 1000) / 1000,
    })),
    ...(outcome === 'over-budget' ? { error: 'over-budget' } : {}),
  };
}
