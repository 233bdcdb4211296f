import { type AlphabetName, alphabets, runEnd, runStart } from '../scan/alphabet.js';
import { costs } from '../scan/budget.js';
import type { Sighting } from '../scan/finding.js';
import { widened } from './body.js';
import { endsRandomRun, runBefore, unmistakable } from './chance.js';
import { matchPrefix, newProgress, type Progress, ruleCount, type Trigger, triggersOf } from './match.js';

type PrefixTrigger = Extract<Trigger, { kind: 'prefix' }>;

/** A prefix as it reads backwards, or shifted by thirteen letters. */
export interface MirrorTrigger {
  readonly kind: 'mirror';
  readonly by: 'reversed' | 'rot13';
  readonly of: PrefixTrigger;
  readonly length: number;
  readonly slot: number;
}

/** Bytes of a body shorter than this are not looked for mirrored: they would stand anywhere by chance. */
const leastMirrored = 16;

/** Bytes around the keyword that are mirrored: longer than nearly every token. */
const reach = 280;

/** Keywords and what they trigger, in the same order; after those of the rules their prefixes mirrored. */
export function allTriggers(): {
  keywords: string[];
  triggers: (Trigger | MirrorTrigger)[];
  /** Of a {@link Progress} of them all. */
  slots: number;
} {
  const { keywords, triggers } = triggersOf();
  const all: (Trigger | MirrorTrigger)[] = [...triggers];
  let slots = ruleCount;
  for (const of of triggers) {
    if (of.kind !== 'prefix' || !of.distinctive || of.rule.min < leastMirrored) continue;
    const prefix = Buffer.from(of.prefix).toString('latin1');
    for (const [by, text] of [
      ['reversed', reversedText(prefix)],
      ['rot13', rot13Text(prefix)],
    ] as const) {
      if (text === prefix || !/[a-z].*[a-z]/i.test(text)) continue;
      keywords.push(text);
      all.push({ kind: 'mirror', by, of, length: text.length, slot: slots });
      slots += 1;
    }
  }
  return { keywords, triggers: all, slots };
}

const rot13 = Uint8Array.from({ length: 256 }, (_, byte) => {
  const lower = byte | 0x20;
  if (lower < 0x61 || lower > 0x7a) return byte;
  return lower < 0x6e ? byte + 13 : byte - 13;
});

const rot13Text = (text: string): string =>
  Buffer.from(Buffer.from(text, 'latin1').map((byte) => rot13[byte] as number)).toString('latin1');
const reversedText = (text: string): string => Array.from(text).reverse().join('');

/** What the body's letters become under rot13 is in a wider alphabet. */
const shifted: Partial<Record<AlphabetName, AlphabetName>> = { ...widened, base32: 'alnum' };
/** Bytes after an attempt in which the same rule isn't mirrored again. */
const pause = 32;

/** For one rule in one copy at a time. */
const mirrored: Progress = newProgress(ruleCount);

/** The alphabet that a mirrored body is looked for in. */
export const mirroredBody = ({ of: { rule } }: MirrorTrigger): number =>
  alphabets[shifted[rule.body] ?? rule.body];

/** Whether a body stands where the mirrored rule wants it: a cheap look before anything is copied. */
function hasBody(trigger: MirrorTrigger, bytes: Buffer, start: number, end: number): boolean {
  const { min } = trigger.of.rule;
  const alphabet = mirroredBody(trigger);
  if (trigger.by === 'reversed') return start - runStart(bytes, start, start - min, alphabet) >= min;
  return runEnd(bytes, end, end + min, alphabet) - end >= min;
}

/** The prefix is short, nothing checks the rest, and it stands in the midst of a random run. */
const standsByChance = ({ rule, prefix }: PrefixTrigger, around: Buffer, { start }: Sighting): boolean =>
  !rule.checksum && prefix.length < unmistakable && endsRandomRun(around, start);

/** One copy at a time, over and over. */
const copy = Buffer.alloc(reach + runBefore);

function reversedBytes(bytes: Buffer, from: number, to: number): Buffer {
  for (let at = to - 1, i = 0; at >= from; at -= 1, i += 1) copy[i] = bytes[at] as number;
  return copy.subarray(0, to - from);
}

function shiftedBytes(bytes: Buffer, from: number, to: number): Buffer {
  for (let at = from, i = 0; at < to; at += 1, i += 1) copy[i] = rot13[bytes[at] as number] as number;
  return copy.subarray(0, to - from);
}

/** Matches the rule in the mirrored surroundings of the keyword that ends at `end`. */
export function matchMirror(
  trigger: MirrorTrigger,
  bytes: Buffer,
  end: number,
  progress: Progress,
): Sighting | null {
  const start = end - trigger.length;
  if (start < (progress.until[trigger.slot] as number)) return null;
  progress.spent += costs.attempt;
  if (!hasBody(trigger, bytes, start, end)) return null;
  progress.until[trigger.slot] = end + pause;
  const reversed = trigger.by === 'reversed';
  const from = Math.max(0, reversed ? end - reach : start - runBefore);
  const to = Math.min(bytes.length, reversed ? end + runBefore : start + reach);
  const around = reversed ? reversedBytes(bytes, from, to) : shiftedBytes(bytes, from, to);
  const keywordEnd = reversed ? to - start : end - from;
  mirrored.until[trigger.of.slot] = 0;
  mirrored.spent = 0;
  const found = matchPrefix(trigger.of, around, keywordEnd, mirrored);
  progress.spent += costs.mirror + mirrored.spent;
  if (!found || standsByChance(trigger.of, around, found)) return null;
  const place = reversed
    ? { start: to - found.end, end: to - found.start }
    : { start: from + found.start, end: from + found.end };
  return { ...found, ...place };
}
