import { renderToString } from 'ink';
import { createElement } from 'react';
import { describe, expect, it } from 'vitest';
import type { Proposal } from '../../../src/contract/proposal.js';
import { help, smallest, wrapped } from '../../../src/tui/lines.js';
import { Screen, type ScreenProps } from '../../../src/tui/screen.js';
import { initialState, onHeld } from '../../../src/tui/state.js';

const held: readonly Proposal[] = Array.from({ length: 30 }, (_, index) => ({
  id: `demo-3fa2.${index}`,
  bottle: 'demo-3fa2',
  request: index,
  time: index,
  deadline: 300_000,
  kind: 'unknown-host',
  method: 'POST',
  host: `api.example.com.${'login.'.repeat(36)}evil.example`,
  path: `/${'path/'.repeat(30)}`,
  detector: null,
  rule: 'egress.unknown_host',
  snippet: 'x'.repeat(200),
}));

function linesOf(parts: Partial<ScreenProps>): readonly string[] {
  const props: ScreenProps = {
    state: onHeld(initialState, held, 0),
    bottles: [],
    history: [],
    now: 10_000,
    rows: 23,
    columns: 80,
    coloured: false,
    ...parts,
  };
  return renderToString(createElement(Screen, props), { columns: props.columns }).split('\n');
}

describe('the screen', () => {
  it.each([
    [80, 23],
    [smallest.columns, smallest.rows],
    [200, 60],
  ])('shows the whole host, and every key, in %i columns and %i rows', (columns, rows) => {
    const lines = linesOf({ columns, rows });
    expect(lines).toHaveLength(rows);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    expect(lines.filter((line) => line.includes('.evil.example')).length).toBeGreaterThanOrEqual(2);
    expect(lines.filter((line) => line.startsWith('> '))).toHaveLength(1);
    const keys = [
      'a approve once',
      'A for the bottle',
      'd deny',
      'n note',
      '/ filter',
      'h history',
      'q leave',
    ];
    for (const key of keys) expect(lines.at(-1)).toContain(key);
  });

  it.each([
    [smallest.columns - 1, 40],
    [200, smallest.rows - 1],
    [30, 9],
    [24, 1],
  ])('offers nothing but to leave in %i columns and %i rows', (columns, rows) => {
    const lines = linesOf({ columns, rows });
    expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows));
    expect(lines[0]).toBe('too small: 72x15 needed');
    expect(lines.join('\n')).not.toContain('approve');
  });

  it('holds its rows where letters are two columns wide', () => {
    const wide = held.map((one) => ({ ...one, path: '/日本語'.repeat(40), snippet: `x${'字'.repeat(150)}` }));
    for (const columns of [80, 81]) {
      const lines = linesOf({ columns, state: onHeld(initialState, wide, 0) });
      expect(lines).toHaveLength(23);
      expect(lines.filter((line) => line.startsWith('> '))).toHaveLength(1);
    }
  });

  it('shows the help to the end of each sentence', () => {
    const state = { ...initialState, mode: 'help' } as const;
    const lines = linesOf({ state, columns: 80, rows: 23 });
    for (const line of help) expect(lines).toContain(line);
    for (const line of help) expect(line.length).toBeLessThanOrEqual(smallest.columns);
  });

  it('shows the whole of what was decided', () => {
    const state = { ...initialState, mode: 'history' } as const;
    const entry = `2025-01-31 14:05:09  denied  GET ${'sub.'.repeat(40)}example.com/a  (unknown-host)  note: no`;
    const lines = linesOf({ state, history: [entry] });
    const told = lines.slice(1, -1).map((line) => line.trim());
    expect(told.join('').replaceAll(' ', '')).toBe(entry.replaceAll(' ', ''));
  });

  it('counts one bottle as one', () => {
    const bottle = { bottle: 'a', agent: 'a', backend: 'docker', workspace: '/', started: 0 };
    expect(linesOf({ bottles: [bottle] })[0]).toContain('30 held in 1 running bottle ');
    expect(linesOf({ bottles: [bottle, bottle] })[0]).toContain('30 held in 2 running bottles ');
  });
});

describe('a long line', () => {
  it('is broken at a space where there is one in its second half', () => {
    expect(wrapped('one two three', 9)).toEqual(['one two', '  three']);
    expect(wrapped('abcdefghij', 4)).toEqual(['abcd', '  ef', '  gh', '  ij']);
    expect(wrapped('', 4)).toEqual(['']);
  });
});
