import { formatSetOf } from './formats.js';
import { providers } from './providers.js';
import { openers, type WordGroup, wordGroups } from './words.js';

/** One keyword of the context: the feature it sets, and whether a value is looked for after it. */
export interface ContextWord {
  readonly text: string;
  /** Index into {@link groupNames}. */
  readonly group: number;
  /** For a provider, the set of formats its keys have (formats.ts), or 0. */
  readonly formats: number;
  readonly opens: boolean;
  /** The keyword counts only at the beginning of a word. */
  readonly atWordStart: boolean;
}

/** Names of the context features: the word groups, then `provider`, and `refused`: a prefix whose rule found no token. */
export const groupNames: readonly string[] = [...Object.keys(wordGroups), 'provider', 'refused'];

export const contextWords: readonly ContextWord[] = [
  ...Object.entries(wordGroups).flatMap(([name, words]) =>
    words.map((text) => ({
      text,
      group: groupNames.indexOf(name),
      formats: 0,
      opens: openers.has(name as WordGroup),
      atWordStart: text === 'pin' || text === 'otp' || text === 'ref"',
    })),
  ),
  ...providers.map((text) => ({
    text,
    group: groupNames.indexOf('provider'),
    formats: formatSetOf(text),
    opens: true,
    atWordStart: text.length < 8,
  })),
];
