import { expect, test } from 'vitest';
import type { LogLine } from '../../../src/console/print-log.js';
import { historyLines } from '../../../src/tui/history.js';

let sequence = 0;
function entry(kind: string, body: object): LogLine {
  sequence += 1;
  return { sequence, time: 0, bottle: 'demo-1', kind, verdict: null, body: JSON.stringify(body) };
}
const asked = (id: string, host: string, detector: string | null = null) =>
  entry('proposal', { id, method: 'GET', host, path: '/a', detector, kind: 'unknown-host' });
const answered = (proposal: string, decision: string, note: string | null = null) =>
  entry('decision', { proposal, decision, note });
const ended = (proposal: string, outcome: string, decision: string | null = null) =>
  entry('proposal-ended', { proposal, time: 0, outcome, decision });

test('each request that waited has one line, with its host, by how it ended, the newest first', () => {
  const lines = historyLines([
    asked('demo-1.1', 'one.example'),
    asked('demo-1.2', 'two.example', 'token_patterns'),
    answered('demo-1.1', 'approve-for-bottle'),
    ended('demo-1.1', 'decided', 'approve-for-bottle'),
    answered('demo-1.2', 'deny', 'use the vault'),
    ended('demo-1.2', 'decided', 'deny'),
    asked('demo-1.3', 'three.example'),
    // An answer that came too late.
    answered('demo-1.3', 'approve-once'),
    ended('demo-1.3', 'timed-out'),
    asked('demo-1.4', 'waits.example'),
    ended('demo-1.0', 'client-left'),
  ]);
  expect(lines.map((line) => line.slice(21))).toEqual([
    'gone: the client left  demo-1.0',
    'refused: nobody answered in time  GET three.example/a  (unknown-host)',
    'denied  GET two.example/a  (token_patterns)  note: use the vault',
    "approved for the bottle's life  GET one.example/a  (unknown-host)",
  ]);
});

test('what an agent chose is safe for a terminal', () => {
  const lines = historyLines([
    asked('x', 'a\u001b]0;title\u0007.example', '\u001b[8m'),
    answered('x', 'deny', '\u009b31m'),
    ended('x', '\u001bc'),
  ]);
  expect(lines).toHaveLength(1);
  for (const line of lines) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
});
