import type { Decision, OperatorDecision, Proposal } from '../contract/proposal.js';
import { longestNote } from '../contract/proposal.js';

/** What the screen shows; a value that only {@link onKey}, {@link onHeld} and {@link onMessage} make anew. */
export interface ScreenState {
  readonly mode: 'list' | 'note' | 'filter' | 'help' | 'history';
  /** All that wait, oldest first. */
  readonly held: readonly Proposal[];
  readonly filter: string;
  /** Id of the chosen proposal; null: there is none. */
  readonly selected: string | null;
  /** Milliseconds, when it was chosen: by the operator's own move, or because the list moved under the cursor. */
  readonly selectedAt: number;
  readonly byOperator: boolean;
  /** What is being typed. */
  readonly text: string;
  readonly message: string;
  /** First line shown of the help or the history. */
  readonly scroll: number;
}

export interface Key {
  /** Of a key without a character of its own; empty for all others. */
  readonly name: '' | 'up' | 'down' | 'return' | 'escape' | 'backspace';
  /** What was typed; more than one character where it came in one piece. */
  readonly text: string;
  /** The terminal says so: it is text, whatever letters are in it, and no command. */
  readonly pasted?: boolean;
}

export interface Step {
  readonly state: ScreenState;
  readonly effect?:
    | { readonly decide: OperatorDecision }
    | { readonly quit: true }
    | { readonly history: true };
}

export const initialState: ScreenState = {
  mode: 'list',
  held: [],
  filter: '',
  selected: null,
  selectedAt: 0,
  byOperator: false,
  text: '',
  message: '',
  scroll: 0,
};

/**
 * Milliseconds for which a proposal that came under the cursor by itself can't be answered: a key meant for the one
 * before must not hit it.
 */
export const settling = 500;

const decisionKeys: ReadonlyMap<string, Decision> = new Map([
  ['a', 'approve-once'],
  ['A', 'approve-for-bottle'],
  ['d', 'deny'],
  ['D', 'deny-for-bottle'],
]);

/** What is listed: those that the filter leaves. */
export function listed({ held, filter }: ScreenState): readonly Proposal[] {
  if (filter === '') return held;
  const wanted = filter.toLowerCase();
  return held.filter(({ id, method, host, path, detector }) =>
    `${id} ${method} ${host}${path} ${detector ?? ''}`.toLowerCase().includes(wanted),
  );
}

export function selectedProposal(state: ScreenState): Proposal | null {
  return listed(state).find(({ id }) => id === state.selected) ?? null;
}

export function isSettled(state: ScreenState, now: number): boolean {
  return state.byOperator || now - state.selectedAt >= settling;
}

export function onHeld(state: ScreenState, held: readonly Proposal[], now: number): ScreenState {
  return reselect({ ...state, held }, listed(state), now);
}

/** The list is seen again: what came under the cursor meanwhile by itself came now. */
export function onShown(state: ScreenState, now: number): ScreenState {
  return state.byOperator ? state : { ...state, selectedAt: now };
}

export function onMessage(state: ScreenState, message: string): ScreenState {
  return { ...state, message };
}

/** Keeps the chosen proposal by its id; where it is gone, the one that took its place is chosen. */
function reselect(state: ScreenState, before: readonly Proposal[], now: number): ScreenState {
  const after = listed(state);
  if (after.some(({ id }) => id === state.selected)) return state;
  const index = Math.max(
    0,
    before.findIndex(({ id }) => id === state.selected),
  );
  const next = after[Math.min(index, after.length - 1)]?.id ?? null;
  // A note that was being written for one must not reach another.
  const mode = state.mode === 'note' ? 'list' : state.mode;
  const message = state.mode === 'note' ? 'that request is gone; the note was not sent' : state.message;
  return { ...state, mode, message, selected: next, selectedAt: now, byOperator: false };
}

export function onKey(state: ScreenState, key: Key, now: number): Step {
  if (state.mode === 'note' || state.mode === 'filter') return onTyping(state, key, now);
  if (key.pasted) return { state };
  if (state.mode === 'help' || state.mode === 'history') return onReading(state, key, now);
  return onListKey(state, key, now);
}

/** Where nothing can be shown. */
export function onBlindKey(state: ScreenState, { text, pasted }: Key): Step {
  return text === 'q' && !pasted ? { state, effect: { quit: true } } : { state };
}

/** By how much the keys move; held down, several come in one piece. */
function steps(text: string): number {
  if (!/^[jk]+$/.test(text)) return 0;
  return [...text].reduce((sum, key) => sum + (key === 'j' ? 1 : -1), 0);
}

function onListKey(state: ScreenState, { name, text }: Key, now: number): Step {
  const decision = decisionKeys.get(text);
  if (decision) return answer(state, decision, null, now);
  switch (name || text) {
    case 'q':
      return { state, effect: { quit: true } };
    case 'up':
      return { state: move(state, -1, now) };
    case 'down':
      return { state: move(state, 1, now) };
    case 'n':
      return { state: selectedProposal(state) ? { ...state, mode: 'note', text: '' } : state };
    case '/':
      return { state: { ...state, mode: 'filter', text: state.filter } };
    case 'escape':
      return { state: reselect({ ...state, filter: '', message: '' }, listed(state), now) };
    case '?':
      return { state: { ...state, mode: 'help', scroll: 0 } };
    case 'h':
      return { state: { ...state, mode: 'history', scroll: 0 }, effect: { history: true } };
    default:
      if (/^[jk]+$/.test(text)) return { state: move(state, steps(text), now) };
      // Typed faster than the screen reads; to look for something decides nothing.
      if (text.startsWith('/'))
        return onTyping(
          { ...state, mode: 'filter', text: state.filter },
          { name: '', text: text.slice(1) },
          now,
        );
      return { state };
  }
}

function answer(state: ScreenState, decision: Decision, note: string | null, now: number): Step {
  const proposal = selectedProposal(state);
  if (!proposal) return { state: onMessage(state, 'nothing is chosen') };
  if (!isSettled(state, now))
    return { state: onMessage(state, 'the list has just moved: look, and press again') };
  return {
    state: { ...state, mode: 'list', text: '', message: '' },
    effect: { decide: { proposal: proposal.id, decision, note } },
  };
}

function move(state: ScreenState, by: number, now: number): ScreenState {
  const all = listed(state);
  const index = all.findIndex(({ id }) => id === state.selected);
  const next = all[Math.max(0, Math.min(all.length - 1, index + by))];
  return next ? { ...state, selected: next.id, selectedAt: now, byOperator: true, message: '' } : state;
}

function onTyping(state: ScreenState, { name, text, pasted }: Key, now: number): Step {
  if (pasted) return { state: typed(state, state.text + text.replace(/[\r\n]+/g, ' '), now) };
  const end = text.search(/[\r\n]/);
  if (end !== -1) {
    const before = typed(state, state.text + text.slice(0, end), now);
    return onTyping(before, { name: 'return', text: '' }, now);
  }
  if (name === 'escape') return { state: { ...state, mode: 'list', text: '' } };
  if (name === 'backspace') return { state: typed(state, state.text.slice(0, -1), now) };
  if (name === 'return') {
    if (state.mode === 'filter') return { state: { ...state, mode: 'list', text: '' } };
    return answer({ ...state, byOperator: true }, 'deny', state.text.trim() || null, now);
  }
  return { state: text === '' ? state : typed(state, state.text + text, now) };
}

function typed(state: ScreenState, text: string, now: number): ScreenState {
  const bounded = text.slice(0, longestNote);
  if (state.mode === 'note') return { ...state, text: bounded };
  return reselect({ ...state, text: bounded, filter: bounded }, listed(state), now);
}

function onReading(state: ScreenState, { name, text }: Key, now: number): Step {
  const by = name === 'up' ? -1 : name === 'down' ? 1 : steps(text);
  if (by !== 0) return { state: { ...state, scroll: Math.max(0, state.scroll + by) } };
  if (name === 'escape' || ['q', '?', 'h'].includes(text))
    return { state: onShown({ ...state, mode: 'list' }, now) };
  return { state };
}
