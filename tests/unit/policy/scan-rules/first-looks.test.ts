import { expect, test } from 'vitest';
import { alphabets, memberships } from '../../../../src/policy/scan/alphabet.js';
import { buildAutomaton } from '../../../../src/policy/scan/automaton.js';
import { keywordFinder } from '../../../../src/policy/scan/occurrences.js';
import { firstLookOf } from '../../../../src/policy/scan-rules/first-looks.js';
import { matchPattern, matchPrefix, newProgress } from '../../../../src/policy/scan-rules/match.js';
import { allTriggers, matchMirror } from '../../../../src/policy/scan-rules/mirror.js';
import { isRefused } from '../../../../src/policy/scan-rules/refused.js';
import { randomOf } from '../../../support/fuzzing.js';

const { keywords, triggers, slots } = allTriggers();
const automaton = buildAutomaton(keywords);
const occurrencesIn = (looks: Parameters<typeof keywordFinder>[1]) => {
  const find = keywordFinder(automaton, looks);
  return (text: Buffer) => {
    const { count, ends, ids, tried } = find(text);
    return { tried, places: Array.from({ length: count }, (_, i) => [ends[i], ids[i]] as [number, number]) };
  };
};
const promising = occurrencesIn(triggers.map(firstLookOf));
const all = occurrencesIn(keywords.map(({ length }) => ({ length })));

/** Whether any look closer finds something, or that what stands there was refused, which counts too. */
function isSomething(text: Buffer, end: number, id: number): boolean {
  const trigger = triggers[id] as (typeof triggers)[number];
  const progress = newProgress(slots);
  if (trigger.kind === 'pattern') return matchPattern(trigger, text, end, progress) !== null;
  if (trigger.kind === 'mirror') return matchMirror(trigger, text, end, progress) !== null;
  return matchPrefix(trigger, text, end, progress) !== null || isRefused(trigger, text, end);
}

const random = randomOf(20);
const below = (count: number) => Math.floor(random() * count);
const pick = <T>(from: ArrayLike<T>): T => from[below(from.length)] as T;
const letterSets = [
  'abcdefABCDEF0123456789',
  'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
  'abcdefghijklmnopqrstuvwxyz0123456789-_',
  'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
  'abcXYZ012+/=._-~:@ ',
];
const letters = (count: number) => {
  const from = pick(letterSets);
  return Array.from({ length: count }, () => pick(from)).join('');
};
const joints = ['', ' ', '\n', '"', "'", '&', ';', '\\n', '\\"', '%22', '%3D', '_', '-', '"+"', "' '", 'é'];

const membersOf = (alphabet: number) =>
  Array.from(memberships, (bits, byte) => (bits & alphabet ? String.fromCharCode(byte) : '')).filter(Boolean);

/** A token as its rule wants it, more or less. */
function token(): string {
  const trigger = pick(triggers);
  if (trigger.kind !== 'prefix') return '';
  const members = membersOf(alphabets[trigger.rule.body]);
  const body = Array.from({ length: trigger.rule.min - below(2) }, () => pick(members)).join('');
  return pick(joints) + Buffer.from(trigger.prefix).toString('latin1') + body + pick(joints);
}

/** Keywords between random letters, now and then in the other case, with what may part a value. */
function madeUp(): string {
  let text = '';
  for (let piece = 0; piece < 12; piece += 1) {
    const keyword = pick(keywords);
    const cased = random() < 0.15 ? keyword.toUpperCase() : keyword;
    const body = random() < 0.3 ? letters(below(12)) + pick(joints) + letters(below(60)) : letters(below(80));
    text += pick(joints) + (random() < 0.3 ? letters(below(60)) : '') + cased + body + token();
  }
  return text;
}

test('a first look leaves out nothing that a closer one would find', () => {
  let [left, out, found] = [0, 0, 0];
  for (let round = 0; round < 3000; round += 1) {
    const text = Buffer.from(madeUp(), 'latin1');
    const { places, tried } = promising(text);
    const everything = all(text);
    expect(tried).toBe(everything.places.length);
    const kept = new Set(places.map(String));
    left += kept.size;
    for (const [end, id] of everything.places) {
      if (kept.has(`${end},${id}`)) {
        if (isSomething(text, end, id)) found += 1;
        continue;
      }
      out += 1;
      if (isSomething(text, end, id))
        expect.fail(`${keywords[id]} at ${end} of ${JSON.stringify(text.toString('latin1'))} was left out`);
    }
  }
  // It pays: of those that can't be anything most go.
  expect(found).toBeGreaterThan(3000);
  expect(out).toBeGreaterThan(left / 4);
});

test('keywords in a row, none with a body, are all left out but near the ends', () => {
  const { places, tried } = promising(Buffer.from('npm_'.repeat(4096)));
  expect(tried).toBeGreaterThanOrEqual(4096);
  expect(places.length).toBeLessThan(16);
});
