import { type AlphabetName, alphabets, runEnd } from '../scan/alphabet.js';
import type { PrefixRule } from './rule.js';

/** All letters in place of hexadecimal ones. */
export const widened: Partial<Record<AlphabetName, AlphabetName>> = { hex: 'alnum', lowerHex: 'lowerAlnum' };

/** Of random letters and digits more than every third is none of hexadecimal; a key that was spoilt has one or two. */
const strayShare = 6;

/** What the body of a token is made of, as sets of {@link alphabets}. */
export interface Body {
  readonly members: number;
  /** Behind a prefix that stands in no other word, a hexadecimal body may be of all letters; 0 where it may not. */
  readonly wider: number;
  readonly min: number;
}

export function bodyOf(rule: PrefixRule, distinctive: boolean): Body {
  const wider = distinctive && !rule.shape ? widened[rule.body] : undefined;
  return { members: alphabets[rule.body], wider: wider ? alphabets[wider] : 0, min: rule.min };
}

/**
 * Where the body of a token ends that begins at `from`, at most one byte beyond `limit`. Providers go over from
 * hexadecimal digits to all letters at the same length without a word.
 */
export function bodyEnd(
  { members, wider, min }: Body,
  bytes: Uint8Array,
  from: number,
  limit: number,
): number {
  const stop = runEnd(bytes, from, limit, members);
  if (wider === 0 || stop - from >= min) return stop;
  const end = runEnd(bytes, stop, limit, wider);
  return end - from >= min && isMixed(bytes, from, end) ? end : stop;
}

function isMixed(bytes: Uint8Array, from: number, end: number): boolean {
  let strays = 0;
  for (let at = from; at < end; at += 1) if (((bytes[at] as number) | 0x20) > 0x66) strays += 1;
  return strays * strayShare >= end - from;
}

/** Where a run begins: `\n`, `\t` and `\r` written out put a letter before it that is none of its own. */
export function afterEscape(bytes: Uint8Array, start: number): number {
  const first = bytes[start];
  return bytes[start - 1] === 0x5c && (first === 0x6e || first === 0x74 || first === 0x72)
    ? start + 1
    : start;
}
