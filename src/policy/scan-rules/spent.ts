import type { PatternRule } from './rule.js';

/** Where a rule that failed may be tried again: nothing that its pattern has already gone over. */
export function spentUntil(rule: PatternRule, bytes: Uint8Array, end: number, to: number): number {
  if (rule.spent === undefined) return end;
  if (rule.spent === 'window') return to;
  const ends = rule.spent === 'line' ? endsLine : isBrace;
  let at = end;
  while (at < to && !ends(bytes[at] as number)) at += 1;
  return at;
}

const isBrace = (byte: number): boolean => byte === 0x7b || byte === 0x7d;

/** Line breaks, quotes and angle brackets: what the patterns of one line don't go across. */
const endsLine = (byte: number): boolean =>
  byte === 0x0a || byte === 0x0d || byte === 0x22 || byte === 0x27 || byte === 0x3c || byte === 0x3e;
