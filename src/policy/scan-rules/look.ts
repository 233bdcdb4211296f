import { alphabets, memberships } from '../scan/alphabet.js';
import { buildAutomaton } from '../scan/automaton.js';
import { type Budget, budgetFor, costs, spend } from '../scan/budget.js';
import type { Look } from '../scan/detector.js';
import type { Sighting } from '../scan/finding.js';
import { keywordFinder, type Occurrences } from '../scan/occurrences.js';
import type { View } from '../scan/view.js';
import { readsAsWords } from '../scan-context/bigrams.js';
import { type Candidate, isEncodedJson, isEncrypted, isRepetitive } from '../scan-context/candidate.js';
import { isPrefixedToken } from '../scan-context/drawn.js';
import {
  addEntropy,
  featuresOf,
  formatShift,
  type Marks,
  newFeatures,
  opensBit,
  refusedMark,
} from '../scan-context/features.js';
import { contextWords } from '../scan-context/keywords.js';
import { chance, contextThreshold, mostChance, thoroughThreshold } from '../scan-context/model.js';
import { walkCandidates } from '../scan-context/walk.js';

import { afterEscape } from './body.js';
import { firstLookOf } from './first-looks.js';
import { matchPattern, matchPrefix, newProgress, type Progress, startOver, type Trigger } from './match.js';
import { allTriggers, type MirrorTrigger, matchMirror } from './mirror.js';
import { isPlaceholder } from './placeholder.js';
import { isRefused } from './refused.js';
import { seedIn } from './seeds.js';
import { mayHoldShape, shapeOf, wholeRun } from './shapes.js';
import { mayGrant } from './signed-token.js';

const { keywords, triggers, slots } = allTriggers();
const occurrencesIn = keywordFinder(buildAutomaton([...keywords, ...contextWords.map((word) => word.text)]), [
  ...triggers.map(firstLookOf),
  ...contextWords.map(({ text }) => ({ length: text.length })),
]);
const firstWord = triggers.length;
const progress = newProgress(slots);
/** For each context word: its group, whether it opens and its set of formats, and whether it must begin a word. */
const markOf = Uint16Array.from(
  contextWords,
  (word) => word.group | (word.opens ? opensBit : 0) | (word.formats << formatShift),
);
const wordLengths = Uint8Array.from(contextWords, (word) => word.text.length);
const atWordStart = Uint8Array.from(contextWords, (word) => (word.atWordStart ? 1 : 0));

/** Values shorter than this are passwords at best, and told from words by nothing that we know. */
const shortestValue = 12;

export const lookForTokens: Look = (view, { thorough, budget }, report) => {
  const found = occurrencesIn(view.bytes);
  if (!spend(budget, found.tried * costs.occurrence)) return;
  const marks = triggerAll(view.bytes, found, thorough, budget, report);
  if (!spend(budget, marks.count * costs.context)) return;
  lookAtRuns(view, report);
  lookAtContext(view.bytes, marks, thorough ? thoroughThreshold : contextThreshold, budget, report);
};

/** Occurrences of one keyword, each a byte after the last, that are looked at. */
const mostSame = 4;

/** Tries the rules behind the provider keywords, and keeps the context words in place of the occurrences. */
function triggerAll(
  bytes: Buffer,
  found: Occurrences,
  thorough: boolean,
  budget: Budget,
  report: (sighting: Sighting) => void,
): Marks {
  if (found.count > 0) startOver(progress);
  const { count, ends, ids } = found;
  let kept = 0;
  let [lastId, lastEnd, same] = [-1, 0, 0];
  for (let i = 0; i < count; i += 1) {
    const id = ids[i] as number;
    const end = ends[i] as number;
    same = id === lastId && end === lastEnd + 1 ? same + 1 : 0;
    lastId = id;
    lastEnd = end;
    // A run of the one letter that a prefix is made of (zeros in base64): it begins where the run does.
    if (same > mostSame) continue;
    if (id >= firstWord) {
      const word = id - firstWord;
      if (atWordStart[word] && continuesWord(bytes, end - (wordLengths[word] as number))) continue;
      ends[kept] = end;
      ids[kept] = markOf[word] as number;
      kept += 1;
      continue;
    }
    const trigger = triggers[id] as (typeof triggers)[number];
    if (!thorough && trigger.kind === 'pattern' && trigger.rule.thorough) continue;
    progress.spent = costs.glance;
    const sighting = match(trigger, bytes, end, progress);
    if (!spend(budget, progress.spent)) break;
    if (sighting) report(sighting);
    else if (trigger.kind === 'prefix' && isRefused(trigger, bytes, end)) {
      ends[kept] = end;
      ids[kept] = refusedMark;
      kept += 1;
    }
  }
  found.count = kept;
  return found;
}

function match(
  trigger: Trigger | MirrorTrigger,
  bytes: Buffer,
  end: number,
  progress: Progress,
): Sighting | null {
  if (trigger.kind === 'prefix') return matchPrefix(trigger, bytes, end, progress);
  return trigger.kind === 'pattern'
    ? matchPattern(trigger, bytes, end, progress)
    : matchMirror(trigger, bytes, end, progress);
}

/** Lower case before lower case: the keyword is the tail of another word. */
function continuesWord(bytes: Uint8Array, start: number): boolean {
  if (start === 0) return false;
  const before = memberships[bytes[start - 1] as number] as number;
  const first = memberships[bytes[start] as number] as number;
  return (before & alphabets.lower) !== 0 && (first & alphabets.lower) !== 0;
}

function lookAtRuns(view: View, report: (sighting: Sighting) => void): void {
  const runs = view.runs();
  for (let i = 0; i < runs.length; i += 2) {
    let start = afterEscape(view.bytes, runs[i] as number);
    const end = runs[i + 1] as number;
    const whole = wholeRun(view.bytes, start, end);
    if (whole) report({ rule: whole.id, start: whole.start, end, score: 0.9, class: 'structured' });
    const seed = seedIn(view.bytes, start, end);
    if (seed) report({ rule: seed, start, end, score: 1, class: 'structured' });
    if (end - start > 300 || !mayHoldShape(view.bytes, start, end)) continue;
    for (let at = start; at <= end; at += 1) {
      const byte = at === end ? 0x2f : view.bytes[at];
      if (byte !== 0x2f && byte !== 0x2b) continue;
      const shape = at - start >= 27 ? shapeOf(view.bytes, start, at) : null;
      if (shape && !isPlaceholder(view.bytes, start, at))
        report({
          rule: shape.id,
          start: start - (shape.before ?? 0),
          end: at,
          score: shape.score,
          class: 'structured',
        });
      start = at + 1;
    }
  }
}

const features = newFeatures();
/** How sure a token of a provider is that no rule knows, where a word names it. */
const unknownToken = 0.8;

function lookAtContext(
  bytes: Buffer,
  marks: Marks,
  threshold: number,
  budget: Budget,
  report: (sighting: Sighting) => void,
): void {
  walkCandidates(bytes, marks, shortestValue, (candidate, first, last) => {
    const length = candidate.end - candidate.start;
    if (!spend(budget, costs.value + (length >> 1))) return false;
    if (isNoCredential(bytes, candidate)) return true;
    if (!spend(budget, costs.candidate + length + (last - first) * costs.word)) return false;
    featuresOf(bytes, candidate, marks, first, last, features);
    if (!features.named && mostChance(features) < threshold) return true;
    if (!spend(budget, costs.judgement + 2 * length)) return false;
    addEntropy(bytes, candidate, features);
    let score = chance(features);
    if (score < threshold && !features.named) return true;
    if (score < threshold && isPrefixedToken(bytes, candidate)) score = unknownToken;
    if (score < threshold) return true;
    if (!standsForNothing(bytes, candidate))
      report({
        rule: 'credential-assignment',
        start: candidate.start,
        end: candidate.end,
        score,
        class: 'contextual',
      });
    return true;
  });
}

/** What only a value that looks like a credential is asked. */
const standsForNothing = (bytes: Buffer, candidate: Candidate): boolean =>
  isRepetitive(bytes, candidate) ||
  isPlaceholder(bytes, candidate.start, candidate.end) ||
  !mayGrant(bytes.toString('latin1', candidate.start, candidate.end));

/** What no context makes a credential. */
const isNoCredential = (bytes: Uint8Array, candidate: Candidate): boolean =>
  readsAsWords(bytes, candidate.start, candidate.end) ||
  isEncodedJson(bytes, candidate) ||
  isEncrypted(bytes, candidate);

/** Every candidate of a text with its features. @public for the training script */
export function contextCandidates(
  bytes: Buffer,
  visit: (candidate: Candidate, features: Uint16Array) => void,
): void {
  const marks = triggerAll(bytes, occurrencesIn(bytes), false, budgetFor(bytes.length), () => {});
  walkCandidates(bytes, marks, shortestValue, (candidate, first, last) => {
    if (isNoCredential(bytes, candidate) || isRepetitive(bytes, candidate)) return true;
    featuresOf(bytes, candidate, marks, first, last, features);
    addEntropy(bytes, candidate, features);
    visit(candidate, features.of.slice(0, features.count));
    return true;
  });
}
