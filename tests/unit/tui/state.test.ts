import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proposalLine } from '../../../src/console/print-proposals.js';
import type { Proposal } from '../../../src/contract/proposal.js';
import { detailHeight, detailLines, rowText, smallest } from '../../../src/tui/lines.js';
import {
  initialState,
  isSettled,
  type Key,
  listed,
  onBlindKey,
  onHeld,
  onKey,
  type ScreenState,
  selectedProposal,
  settling,
} from '../../../src/tui/state.js';

function proposal(number: number, parts: Partial<Proposal> = {}): Proposal {
  return {
    id: `demo-1.${number}`,
    bottle: 'demo-1',
    request: number,
    time: number,
    deadline: 300_000 + number,
    kind: 'unknown-host',
    method: 'GET',
    host: 'example.com',
    path: `/${number}`,
    detector: null,
    rule: 'egress.unknown_host',
    snippet: null,
    ...parts,
  };
}

const text = (typed: string): Key => ({ name: '', text: typed });
const named = (name: Key['name']): Key => ({ name, text: '' });
const three = [proposal(1), proposal(2), proposal(3)];
const shown = onHeld(initialState, three, 0);

function press(state: ScreenState, keys: readonly Key[], now: number): ReturnType<typeof onKey> {
  let step: ReturnType<typeof onKey> = { state };
  for (const key of keys) step = onKey(step.state, key, now);
  return step;
}

describe('the screen', () => {
  it('chooses the oldest, and answers it by its id', () => {
    expect(shown.selected).toBe('demo-1.1');
    for (const [key, decision] of [
      ['a', 'approve-once'],
      ['A', 'approve-for-bottle'],
      ['d', 'deny'],
      ['D', 'deny-for-bottle'],
    ] as const) {
      expect(onKey(shown, text(key), settling).effect).toEqual({
        decide: { proposal: 'demo-1.1', decision, note: null },
      });
    }
  });

  it('answers nothing that came under the cursor a moment ago by itself', () => {
    const moved = onHeld(shown, three.slice(1), 1000);
    expect(moved.selected).toBe('demo-1.2');
    expect(onKey(moved, text('a'), 1000 + settling - 1).effect).toBeUndefined();
    expect(onKey(moved, text('a'), 1000 + settling).effect).toMatchObject({
      decide: { proposal: 'demo-1.2' },
    });
    const chosen = onKey(moved, named('down'), 1001).state;
    expect(isSettled(chosen, 1001)).toBe(true);
    expect(onKey(chosen, text('a'), 1001).effect).toMatchObject({ decide: { proposal: 'demo-1.3' } });
  });

  it('keeps what was chosen when others come and go', () => {
    const second = onKey(shown, named('down'), 1).state;
    const later = onHeld(second, [proposal(2), proposal(4)], 2);
    expect(later.selected).toBe('demo-1.2');
    expect(isSettled(later, 2)).toBe(true);
    expect(onHeld(later, [], 3).selected).toBeNull();
    expect(onKey(onHeld(later, [], 3), text('a'), 10_000).effect).toBeUndefined();
  });

  it('denies with the note that was typed, also when it comes in one piece', () => {
    const wanted = { decide: { proposal: 'demo-1.1', decision: 'deny', note: 'not now' } };
    const byKey = [...'nnot now'].map(text);
    expect(press(shown, [...byKey, named('return')], settling).effect).toEqual(wanted);
    expect(press(shown, [text('n'), text('not now\r')], settling).effect).toEqual(wanted);
    expect(press(shown, [text('n'), named('return')], settling).effect).toMatchObject({
      decide: { note: null },
    });
    expect(
      press(shown, [text('n'), text('x'), named('escape'), named('return')], settling).effect,
    ).toBeUndefined();
  });

  it('sends a note to nobody else when its request goes away', () => {
    const writing = press(shown, [text('n'), text('secret plan')], settling).state;
    const gone = onHeld(writing, three.slice(1), settling + 1);
    expect(gone).toMatchObject({ mode: 'list', selected: 'demo-1.2' });
    expect(onKey(gone, named('return'), 10_000).effect).toBeUndefined();
  });

  it('moves as often as a key was pressed that is held down', () => {
    expect(onKey(shown, text('jjj'), 1).state.selected).toBe('demo-1.3');
    expect(onKey(shown, text('jj'), 1).state.selected).toBe('demo-1.3');
    expect(onKey(shown, text('jjkj'), 1).state.selected).toBe('demo-1.3');
    expect(onKey(onKey(shown, text('j'), 1).state, text('kkkk'), 1).state.selected).toBe('demo-1.1');
    const reading = press(shown, ['?', 'jjj', 'kk'].map(text), 1).state;
    expect([reading.mode, reading.scroll]).toEqual(['help', 1]);
  });

  it('takes nothing but q where nothing can be shown', () => {
    for (const key of ['a', 'A', 'd', 'D', 'n', '/', 'j', 'h'].map(text))
      expect(onBlindKey(shown, key)).toEqual({ state: shown });
    expect(onBlindKey(shown, text('q')).effect).toEqual({ quit: true });
  });

  it('takes a pasted text for no command', () => {
    for (const pasted of ['aaa', 'approve', 'a\r', 'jja', 'ja', 'dj'])
      expect(onKey(shown, text(pasted), settling)).toEqual({ state: shown });
  });

  it.each(['constructor', 'toString', '__proto__'])('takes %s for no answer', (word) => {
    expect(onKey(shown, text(word), settling)).toEqual({ state: shown });
  });

  it('takes what the terminal calls pasted for text, also a single letter, and sends no note by its line breaks', () => {
    expect(onBlindKey(shown, { ...text('q'), pasted: true })).toEqual({ state: shown });
    for (const letters of ['a', 'A', 'd', 'q', 'n', '/x', 'j'])
      expect(onKey(shown, { ...text(letters), pasted: true }, settling)).toEqual({ state: shown });
    const writing = onKey(shown, text('n'), settling).state;
    const step = onKey(writing, { ...text('use\r\nthe mirror\n'), pasted: true }, settling);
    expect(step.effect).toBeUndefined();
    expect(onKey(step.state, { ...named('return'), pasted: true }, settling).effect).toBeUndefined();
    expect(onKey(step.state, named('return'), settling).effect).toMatchObject({
      decide: { decision: 'deny', note: 'use the mirror' },
    });
  });

  it.each(['h', '?'])('answers nothing that came under the cursor behind what %s shows', (key) => {
    const reading = onKey(shown, text(key), settling).state;
    const moved = onHeld(reading, three.slice(1), 1000);
    const back = onKey(moved, named('escape'), 5000).state;
    expect(selectedProposal(back)?.id).toBe('demo-1.2');
    expect(onKey(back, text('a'), 5000 + settling - 1).effect).toBeUndefined();
    expect(onKey(back, text('a'), 5000 + settling).effect).toMatchObject({
      decide: { proposal: 'demo-1.2' },
    });
    const chosen = onKey(onKey(shown, named('down'), 1).state, text(key), 2).state;
    expect(onKey(onKey(chosen, text('q'), 3).state, text('a'), 3).effect).toMatchObject({
      decide: { proposal: 'demo-1.2' },
    });
  });

  it('shows what the filter leaves, and answers only that', () => {
    const held = [proposal(1), proposal(2, { host: 'Other.example' })];
    const state = press(onHeld(initialState, held, 0), [text('/'), text('other'), named('return')], 1).state;
    expect(listed(state).map(({ id }) => id)).toEqual(['demo-1.2']);
    expect(onKey(state, text('d'), 1 + settling).effect).toMatchObject({ decide: { proposal: 'demo-1.2' } });
    const none = press(state, [text('/'), text('zzz'), named('return'), text('a')], 10_000);
    expect([selectedProposal(none.state), none.effect]).toEqual([null, undefined]);
    expect(listed(press(none.state, [named('escape')], 10_001).state)).toHaveLength(2);
  });

  it('takes a filter in one piece, as a busy screen reads it', () => {
    const held = [proposal(1), proposal(2, { host: 'Other.example' })];
    const before = onHeld(initialState, held, 0);
    for (const pieces of [['/other\r'], ['/oth', 'er\r'], ['/', 'other\r']]) {
      const { state, effect } = press(before, pieces.map(text), 1);
      expect([state.mode, state.filter, effect]).toEqual(['list', 'other', undefined]);
      expect(listed(state).map(({ id }) => id)).toEqual(['demo-1.2']);
    }
  });

  it('answers nothing that it does not show as chosen, whatever happens', () => {
    const event = fc.oneof(
      fc.record({
        key: fc.constantFrom(
          ...'aAdDn/qh?jk\r'.split('').map(text),
          named('return'),
          named('escape'),
          named('up'),
          named('down'),
          named('backspace'),
        ),
      }),
      fc.record({ held: fc.subarray(three) }),
      fc.record({ wait: fc.nat(2 * settling) }),
    );
    fc.assert(
      fc.property(fc.array(event), (events) => {
        let state = initialState;
        let now = 0;
        for (const one of events) {
          if ('wait' in one) now += one.wait;
          else if ('held' in one) state = onHeld(state, one.held, now);
          else {
            const before = selectedProposal(state);
            const { state: next, effect } = onKey(state, one.key, now);
            if (effect && 'decide' in effect) {
              expect(effect.decide.proposal).toBe(before?.id);
              expect(state.held.map(({ id }) => id)).toContain(effect.decide.proposal);
            }
            state = next;
          }
        }
      }),
    );
  });
});

describe('what is shown of a request', () => {
  it('is safe for a terminal', () => {
    const hostile = proposal(1, {
      id: 'demo\u001b[2J.1',
      host: 'a\u001b]0;title\u0007.example',
      path: '/\u202e\r\n\u0000',
      snippet: '\u009b31m',
      detector: '\u001b[8m',
      rule: '\u001bc',
    });
    const all = [rowText(hostile, true, 0, 80), ...detailLines(hostile, [], 80)];
    for (const line of all) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(detailLines(hostile, [], 80)).toHaveLength(detailHeight);
    const long = { ...hostile, method: 'GET', host: `api.github.com.${'login.'.repeat(36)}evil.example` };
    for (const columns of [smallest.columns, 80])
      for (const line of [rowText(long, true, 0, columns), detailLines(long, [], columns)[1] ?? ''])
        expect(line.slice(0, columns)).toContain('.evil.example');
    expect(proposalLine(long, 0)).toContain('.evil.example');
    expect(detailLines(null, [], 80)).toHaveLength(detailHeight);
  });
});
