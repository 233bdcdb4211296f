import { alphabets, memberships } from '../scan/alphabet.js';
import type { Sighting } from '../scan/finding.js';
import type { PrefixRule } from './rule.js';

/** A prefix of so many bytes is nobody else's: a letter put before or after a token of its provider hides nothing. */
export const unmistakable = 6;

/** Letters and digits of a prefix shorter than this stand in every long run of base64 by chance. */
const weakest = 5;
export const isWeak = (prefix: Uint8Array): boolean => prefix.length < weakest;

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

/** In the midst of a longer run, a prefix of four or five bytes may be chance: its checksum or its length says whether it is. */
export const standsOut = (rule: PrefixRule, prefix: Uint8Array, { score }: Sighting): boolean =>
  rule.checksum ? score === 1 : prefix.length >= unmistakable;
