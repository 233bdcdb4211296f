import { alphabets, entropy, memberships, runEnd, runStart } from '../scan/alphabet.js';
import { costs } from '../scan/budget.js';
import type { Sighting } from '../scan/finding.js';
import { partsFields } from '../scan/first-look.js';
import { strangeness } from '../scan-context/bigrams.js';
import { afterEscape, type Body, bodyEnd, bodyOf } from './body.js';
import { isChance, standsOut, unmistakable } from './chance.js';
import { checksums } from './checksum.js';
import { cloudPatterns, cloudPrefixes } from './cloud.js';
import { commercePatterns, commercePrefixes } from './commerce.js';
import { developmentPatterns, developmentPrefixes } from './development.js';
import { generalPatterns } from './general.js';
import { hashPatterns } from './hashes.js';
import { joinParts } from './joined.js';
import { modelPatterns, modelPrefixes } from './models.js';
import { namedPatterns } from './named.js';
import { isPlaceholder } from './placeholder.js';
import { platformPatterns, platformPrefixes } from './platform.js';
import type { PatternRule, PrefixRule } from './rule.js';
import { servicePatterns, servicePrefixes } from './services.js';
import { spentUntil } from './spent.js';
import { toolPatterns, toolPrefixes } from './tools.js';
import { hasDigit, hasDigitOrMay, readsLikeWords, wordlike } from './wordlike.js';

export const prefixRules: readonly PrefixRule[] = [
  ...developmentPrefixes,
  ...cloudPrefixes,
  ...servicePrefixes,
  ...modelPrefixes,
  ...commercePrefixes,
  ...platformPrefixes,
  ...toolPrefixes,
];
export const patternRules: readonly PatternRule[] = [
  ...developmentPatterns,
  ...cloudPatterns,
  ...servicePatterns,
  ...modelPatterns,
  ...commercePatterns,
  ...platformPatterns,
  ...toolPatterns,
  ...namedPatterns,
  ...hashPatterns,
  ...generalPatterns,
];

/** What stands behind one keyword of the automaton. */
export type Trigger =
  | {
      readonly kind: 'prefix';
      readonly rule: PrefixRule;
      readonly prefix: Uint8Array;
      /** Told by {@link isDistinctive}. */
      readonly distinctive: boolean;
      /** Several providers begin their tokens with it, `live_`: what is none of theirs may well be another's. */
      readonly shared: boolean;
      readonly body: Body;
      readonly slot: number;
    }
  | {
      readonly kind: 'pattern';
      readonly rule: PatternRule;
      readonly length: number;
      /** The set that must follow, where the rule says one. */
      readonly members: number;
      readonly slot: number;
    };

/** Keywords and what they trigger, in the same order. */
export function triggersOf(): { keywords: string[]; triggers: Trigger[] } {
  const keywords: string[] = [];
  const triggers: Trigger[] = [];
  const sharers = new Map<string, number>();
  for (const { prefixes } of prefixRules)
    for (const prefix of new Set(prefixes)) sharers.set(prefix, (sharers.get(prefix) ?? 0) + 1);
  prefixRules.forEach((rule, slot) => {
    for (const prefix of rule.prefixes) {
      keywords.push(prefix);
      const bytes = Buffer.from(prefix, 'latin1');
      const shared = (sharers.get(prefix) ?? 0) > 1;
      const distinctive = isDistinctive(bytes);
      const body = bodyOf(rule, distinctive);
      triggers.push({ kind: 'prefix', rule, prefix: bytes, distinctive, shared, body, slot });
    }
  });
  patternRules.forEach((rule, index) => {
    for (const keyword of rule.keywords) {
      keywords.push(keyword);
      const members = rule.run ? alphabets[rule.run.alphabet] : 0;
      const slot = prefixRules.length + index;
      triggers.push({ kind: 'pattern', rule, length: keyword.length, members, slot });
    }
  });
  return { keywords, triggers };
}

/** How far one look has come. */
export interface Progress {
  /** For each rule, the offset up to which it has looked: it never looks at a byte twice. */
  readonly until: Int32Array;
  /** What was spent besides the look at each byte, as {@link costs} counts. */
  spent: number;
  /** The part of the bytes that patterns were last run on, as text, and where it begins. */
  text: string;
  textFrom: number;
}

export const newProgress = (slots: number): Progress => ({
  until: new Int32Array(slots),
  spent: 0,
  text: '',
  textFrom: 0,
});

/** Before another text is looked at. */
export function startOver(progress: Progress): void {
  progress.until.fill(0);
  progress.text = '';
}

/** Bytes that are made text at once: a part of that text costs next to nothing. */
const textBlock = 1 << 14;

function textBetween(bytes: Buffer, from: number, to: number, progress: Progress): string {
  if (from < progress.textFrom || to > progress.textFrom + progress.text.length) {
    progress.textFrom = from;
    progress.text = bytes.toString('latin1', from, Math.max(to, from + textBlock));
  }
  return progress.text.slice(from - progress.textFrom, to - progress.textFrom);
}

export const ruleCount = prefixRules.length + patternRules.length;

const alnum = alphabets.alnum;

/** @param end the offset after the keyword's last byte. */
export function matchPrefix(
  trigger: Extract<Trigger, { kind: 'prefix' }>,
  bytes: Buffer,
  end: number,
  progress: Progress,
): Sighting | null {
  const { rule, prefix, distinctive, body, slot } = trigger;
  const start = end - prefix.length;
  if (start < (progress.until[slot] as number)) return null;
  const glued =
    start > 0 && (memberships[bytes[start - 1] as number] as number) & alnum && !followsEscape(bytes, start);
  if (glued && !distinctive) return null;
  progress.spent += costs.attempt;
  if (!rule.anyCase)
    for (let i = 0; i < prefix.length; i += 1) if (bytes[start + i] !== prefix[i]) return null;
  const limit = end + rule.max;
  const stop = bodyEnd(body, bytes, end, limit + 1);
  const length = stop - end;
  progress.spent += length >> 1;
  if (length >= body.min) {
    if (!distinctive && isChance(rule, prefix, bytes, start, stop > limit ? limit : -1)) return null;
    progress.spent += costs.judgement + 2 * length;
    const sighting = judgePrefix(rule, bytes, start, end, stop, progress, slot, distinctive);
    return sighting && glued && stop > limit && !standsOut(rule, prefix, sighting) ? null : sighting;
  }
  if (length > 24) progress.until[slot] = stop;
  if (glued || !distinctive || stop === end || !partsFields(bytes[stop]) || continuesName(bytes, start))
    return null;
  const joined = joinParts(bytes, end, stop, body.min, body.members, progress);
  if (!joined) return null;
  progress.spent += costs.judgement + 2 * joined.text.length;
  if (isPlaceholder(bytes, end, stop)) return null;
  const value = Buffer.from(joined.text.slice(0, rule.max), 'latin1');
  if (rule.shape && !rule.shape.test(value.toString('latin1'))) return null;
  if (entropy(value, 0, value.length).bits < leastEntropy(rule)) return null;
  if (!rule.wordy && (!hasDigit(value, 0, value.length) || readsLikeWords(value, 0, value.length)))
    return null;
  progress.until[slot] = joined.end;
  return { rule: rule.id, start, end: joined.end, score: 0.8, class: 'structured' };
}

/** `_` or `-` before a prefix: it is the end of a name. */
const continuesName = (bytes: Uint8Array, start: number): boolean =>
  bytes[start - 1] === 0x5f || bytes[start - 1] === 0x2d;

/** Four bytes and one of them no letter: it stands in no other word, so a letter put before it hides nothing. */
function isDistinctive(prefix: Uint8Array): boolean {
  return prefix.length >= 4 && prefix.some((byte) => byte === 0x5f || byte === 0x2d || byte === 0x2e);
}

const followsEscape = (bytes: Uint8Array, start: number): boolean =>
  afterEscape(bytes, start - 1) === start || bytes[start - 3] === 0x25;

function judgePrefix(
  rule: PrefixRule,
  bytes: Uint8Array,
  start: number,
  end: number,
  stop: number,
  progress: Progress,
  slot: number,
  distinctive: boolean,
): Sighting | null {
  progress.until[slot] = stop;
  const last = beforeFullStop(bytes, Math.min(stop, end + rule.max));
  if (last - end < rule.min) return null;
  // A fixed length that goes on in letters or digits is another thing.
  if (
    !(distinctive && (end - start >= unmistakable || rule.checksum)) &&
    rule.min === rule.max &&
    stop > last &&
    (memberships[bytes[last] as number] as number) & alnum
  )
    return null;
  let score = 0.9;
  if (rule.checksum && last - end >= 12) score = checksums[rule.checksum](bytes, end, last) ? 1 : 0.75;
  if (score < 1) {
    const measured = entropy(bytes, end, last);
    if (measured.bits < leastEntropy(rule)) return null;
    if (!rule.wordy && !hasDigitOrMay(bytes, end - start, end, last)) return null;
    if (rule.shape && !rule.shape.test(latin1(bytes, end, last))) return null;
    const random = measured.bits >= 3.9 && last - end >= 24 && !readsLikeWords(bytes, end, last);
    if (!random && isPlaceholder(bytes, end, last)) return null;
  }
  return { rule: rule.id, start, end: last, score, class: 'structured' };
}

const leastEntropy = (rule: PrefixRule): number => rule.entropy ?? (rule.wordy ? 0 : 2.4);

/** A sentence's full stops are no part of a body that may have them. */
function beforeFullStop(bytes: Uint8Array, end: number): number {
  let at = end;
  while (bytes[at - 1] === 0x2e) at -= 1;
  return at;
}

const latin1 = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');

/** @param end the offset after the keyword's last byte. */
export function matchPattern(
  trigger: Extract<Trigger, { kind: 'pattern' }>,
  bytes: Buffer,
  end: number,
  progress: Progress,
): Sighting | null {
  const { rule, slot } = trigger;
  const keywordStart = end - trigger.length;
  const done = progress.until[slot] as number;
  if (keywordStart < done) return null;
  progress.spent += costs.attempt;
  if (!isFollowed(trigger, bytes, end, progress)) return null;
  const from = patternStart(rule, bytes, keywordStart);
  progress.spent += (keywordStart - from) >> 2;
  if (from < done) return null;
  const to = Math.min(bytes.length, keywordStart + (rule.window ?? 320));
  progress.spent += costs.pattern + (rule.back || rule.spent ? costs.pattern : 0) + ((to - from) >> 4);
  rule.pattern.lastIndex = 0;
  const found = rule.pattern.exec(textBetween(bytes, from, to, progress));
  if (!found) {
    const until = spentUntil(rule, bytes, end, to);
    progress.spent += (until - end) >> 2;
    progress.until[slot] = until;
    return null;
  }
  progress.until[slot] = from + found[0].length;
  const secret = found.groups?.['secret'] ?? found[0];
  const start = from + found[0].lastIndexOf(secret);
  const stop = start + secret.length;
  progress.spent += costs.matched + 2 * secret.length;
  if (rule.entropy && entropy(bytes, start, stop).bits < rule.entropy) return null;
  if (rule.unlikeWords && strangeness(bytes, start, stop) < wordlike) return null;
  if (rule.accept && !rule.accept(secret)) return null;
  if (!rule.certain && isPlaceholder(bytes, start, stop)) return null;
  const sighting = { rule: rule.id, score: 0.9, class: 'structured' } as const;
  return rule.whole
    ? { ...sighting, start: from, end: from + found[0].length }
    : { ...sighting, start, end: stop };
}

function isFollowed(
  { rule, length, members, slot }: Extract<Trigger, { kind: 'pattern' }>,
  bytes: Uint8Array,
  end: number,
  progress: Progress,
): boolean {
  if (!rule.run) return true;
  const limit = rule.run.ends ? 2048 : rule.run.min;
  const stop = runEnd(bytes, end, end + limit, members);
  progress.spent += (stop - end) >> 1;
  if (stop - end >= rule.run.min && (!rule.run.ends || bytes[stop] === rule.run.ends.charCodeAt(0)))
    return true;
  // A keyword within the run has even less behind it; one that only begins in it may not.
  progress.until[slot] = stop - length + 1;
  return false;
}

function patternStart(rule: PatternRule, bytes: Uint8Array, keywordStart: number): number {
  if (rule.back)
    return afterEscape(bytes, runStart(bytes, keywordStart, keywordStart - 128, alphabets[rule.back]));
  return Math.max(0, keywordStart - (rule.before ?? 0));
}
