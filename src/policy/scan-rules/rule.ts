import type { AlphabetName } from '../scan/alphabet.js';
import type { ChecksumName } from './checksum.js';

/** A token that begins with letters of its provider's own: `ghp_` and 36 letters and digits. */
export interface PrefixRule {
  readonly id: string;
  readonly prefixes: readonly string[];
  readonly body: AlphabetName;
  /** Bytes of the body, after the prefix. */
  readonly min: number;
  readonly max: number;
  readonly checksum?: ChecksumName;
  /** The prefix may be written in any case. */
  readonly anyCase?: true;
  /** Least entropy of the body, bits a byte; 2.2 unless said. */
  readonly entropy?: number;
  /** The body has a digit (default), or need not have one. */
  readonly wordy?: true;
  /** What the body must look like as a whole; anchored at both ends, every repetition bounded. */
  readonly shape?: RegExp;
}

/** A value with a shape of its own: a sticky pattern, tried where a keyword stands. */
export interface PatternRule {
  readonly id: string;
  readonly keywords: readonly string[];
  /** Sticky; every repetition bounded, none nested. A group named `secret` narrows the span. */
  readonly pattern: RegExp;
  /** The pattern begins this many bytes before the keyword: 0 unless said. */
  readonly before?: number;
  /** Or where the run of this alphabet begins that the keyword stands in, at most 128 bytes before it. */
  readonly back?: AlphabetName;
  /** What must follow the keyword, a cheap look before the pattern is tried at all. */
  readonly run?: { readonly alphabet: AlphabetName; readonly min: number; readonly ends?: string };
  /** Bytes from the keyword on that the pattern may look at; 320 unless said. */
  readonly window?: number;
  /** Least entropy of the secret, bits a byte; none unless said. */
  readonly entropy?: number;
  /** The secret may not read like words. */
  readonly unlikeWords?: true;
  /** A last look at the secret. */
  readonly accept?: (secret: string) => boolean;
  /** What is reported is all that the pattern matched: the secret can't be told without what stands around it. */
  readonly whole?: true;
  /** Tried only where something was found in the text already. */
  readonly thorough?: true;
  /** The value proves itself so well that stop words need not be asked. */
  readonly certain?: true;
  /** Where the pattern fails, how far nothing is tried again: over its whole window, or to the end of the line or string, or to the next brace. */
  readonly spent?: 'window' | 'line' | 'object';
}

export interface PrefixOptions {
  readonly checksum?: ChecksumName;
  readonly anyCase?: true;
  readonly entropy?: number;
  readonly wordy?: true;
  readonly shape?: RegExp;
}

/** RFC 9562, section 4. */
export const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Shorthand for the tables: `prefix('npm-token', 'npm_', 'alnum', 36)`. */
export function prefix(
  id: string,
  prefixes: string | readonly string[],
  body: AlphabetName,
  min: number,
  max: number = min,
  options: PrefixOptions = {},
): PrefixRule {
  return { id, prefixes: typeof prefixes === 'string' ? [prefixes] : prefixes, body, min, max, ...options };
}
