import { alphabets, memberships } from '../scan/alphabet.js';
import type { Sighting } from '../scan/finding.js';
import type { PrefixRule } from './rule.js';

/** A prefix of so many bytes is nobody else's: a letter put before or after a token of its provider hides nothing. */
export const unmistakable = 6;

/** Bytes before a prefix that {@link endsRandomRun} looks at. */
export const runBefore = 12;

/** The bytes before `start` are of a run of base64 in either alphabet (RFC 4648, 4 and 5), with all kinds of letters. */
export function endsRandomRun(bytes: Uint8Array, start: number): boolean {
  if (start < runBefore) return false;
  let kinds = 0;
  for (let at = start - runBefore; at < start; at += 1) {
    const byte = bytes[at] as number;
    const bits = memberships[byte] as number;
    if (!(bits & alphabets.dashed) && byte !== 0x2b && byte !== 0x2f) return false;
    kinds |= bits & (alphabets.digit | alphabets.upper | alphabets.lower);
  }
  return kinds === (alphabets.digit | alphabets.upper | alphabets.lower);
}

/** Letters and digits of a prefix shorter than this stand in every long run of base64 by chance. */
const weakest = 5;
const weakestOfFixed = 4;

/**
 * A prefix of a few letters and digits that a long random run may have by chance: the run ends in it, or goes on after
 * the longest that a token can be. Of a token of fixed length, which a run seldom ends with, the latter says enough.
 * @param beyond the offset after the longest token where its run goes on, or -1
 */
export function isChance(
  rule: PrefixRule,
  prefix: Uint8Array,
  bytes: Uint8Array,
  start: number,
  beyond: number,
): boolean {
  if (prefix.length >= weakest) return false;
  if (beyond >= 0 && (memberships[bytes[beyond] as number] as number) & alphabets.alnum) return true;
  const fixed = rule.min === rule.max && prefix.length >= weakestOfFixed;
  return !fixed && endsRandomRun(bytes, start);
}

/** In the midst of a longer run, a prefix of four or five bytes may be chance: its checksum or its length says whether it is. */
export const standsOut = (rule: PrefixRule, prefix: Uint8Array, { score }: Sighting): boolean =>
  rule.checksum ? score === 1 : prefix.length >= unmistakable;
