import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
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

/**
 * Reads one `{"id","text","direction"}` a line and writes one `{"id","findings"}` a line, in order; waits when the
 * reader is slow. A line that can't be read is answered with `"error"`. Answers whether anything was found.
 */
export async function scanLines(source: Readable, target: Writable, scanners: Scanners): Promise<boolean> {
  let found = false;
  let answers = '';
  let rest: Buffer[] = [];
  let restLength = 0;
  const flush = async (): Promise<void> => {
    const text = answers;
    answers = '';
    if (text && !target.write(text)) await once(target, 'drain');
  };
  const take = (line: Buffer): void => {
    if (line.length === 0) return;
    const answer = answerLine(line, scanners);
    found ||= answer.findings.length > 0;
    answers += `${JSON.stringify(answer)}\n`;
  };
  for await (const chunk of source as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      take(rest.length === 0 ? chunk.subarray(from, at) : Buffer.concat([...rest, chunk.subarray(from, at)]));
      rest = [];
      restLength = 0;
      from = at + 1;
      if (answers.length >= gathered) await flush();
    }
    if (from < chunk.length && restLength < longestLine) {
      rest.push(chunk.subarray(from));
      restLength += chunk.length - from;
    }
  }
  if (rest.length > 0) take(Buffer.concat(rest));
  await flush();
  return found;
}

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
