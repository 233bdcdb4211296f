import { alphabets, memberships } from '../scan/alphabet.js';
import type { Trigger } from './match.js';

/**
 * Whether a value begins with a provider's prefix at `end`, as far as the bytes around it tell. Where the rule for the prefix
 * found no token, the value was cut, spoilt or made up: for the context that is a sign that it is none.
 */
export function isRefused(
  { rule, prefix, distinctive, shared }: Extract<Trigger, { kind: 'prefix' }>,
  bytes: Uint8Array,
  end: number,
): boolean {
  if (!distinctive || shared || !isOf(bytes[end], alphabets.alnum)) return false;
  const start = end - prefix.length;
  if (isOf(bytes[start - 1], alphabets.dashed)) return false;
  if (!rule.anyCase)
    for (let i = 0; i < prefix.length; i += 1) if (bytes[start + i] !== prefix[i]) return false;
  return true;
}

const isOf = (byte: number | undefined, alphabet: number): boolean =>
  byte !== undefined && ((memberships[byte] as number) & alphabet) !== 0;
