import { describe, expect, it } from 'vitest';
import { alphabets } from '../../../src/policy/scan/alphabet.js';
import {
  buildAutomaton,
  findAll,
  findOccurrences,
  newOccurrences,
} from '../../../src/policy/scan/automaton.js';
import { patternRules, prefixRules } from '../../../src/policy/scan-rules/match.js';

describe('the rules', () => {
  it('are at least 200, each named once a kind', () => {
    expect(prefixRules.length + patternRules.length).toBeGreaterThanOrEqual(200);
    const names = prefixRules.map(({ id }) => id);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it.each(prefixRules.map((rule) => [rule.id, rule] as const))('%s is within bounds', (_id, rule) => {
    expect(Object.keys(alphabets)).toContain(rule.body);
    expect(rule.min).toBeLessThanOrEqual(rule.max);
    expect(rule.max).toBeLessThanOrEqual(4000);
    for (const prefix of rule.prefixes) expect(prefix.length).toBeGreaterThanOrEqual(2);
  });

  it.each(patternRules.map((rule) => [rule.id, rule] as const))(
    '%s is linear by construction',
    (_id, rule) => {
      expect(rule.pattern.sticky).toBe(true);
      const source = rule.pattern.source.replace(/\\./g, 'e').replace(/\[[^\]]*\]/g, 'c');
      // No unbounded repetition but over `?`, and none inside a repeated group.
      expect(source).not.toMatch(/[*+]|\{\d+,\}/);
      expect(source).not.toMatch(/\((?:[^()]*\{\d+,\d+\}[^()]*)\)\{\d+,\d{2,}\}/);
    },
  );
});

describe('the automaton', () => {
  it('finds overlapping keywords in any case, carried over from chunk to chunk', () => {
    const automaton = buildAutomaton(['he', 'she', 'his', 'hers', 'a_b']);
    const text = Buffer.from('USHERS said HIS a_b');
    const whole = newOccurrences();
    findOccurrences(automaton, text, 0, text.length, 0, whole);
    const seen = Array.from({ length: whole.count }, (_, i) => [whole.ids[i], whole.ends[i]]);
    expect(seen).toEqual([
      [1, 4],
      [0, 4],
      [3, 6],
      [2, 15],
      [4, 19],
    ]);
    const parts = newOccurrences();
    let state = 0;
    for (let i = 0; i < text.length; i += 1) state = findOccurrences(automaton, text, i, i + 1, state, parts);
    expect(parts.count).toBe(whole.count);
  });

  it('finds the same in two halves as in one walk, wherever the border lies', () => {
    const automaton = buildAutomaton(['abab', 'ba', 'abcabcabc', 'c', 'x_y']);
    const unit = 'abababcabcabcabbax_yABABca c';
    const [halves, spare] = [newOccurrences(), newOccurrences()];
    for (let length = 90; length < 90 + 3 * unit.length; length += 1) {
      const text = Buffer.from(unit.repeat(10).slice(3, 3 + length));
      const whole = newOccurrences();
      findOccurrences(automaton, text, 0, text.length, 0, whole);
      findAll(automaton, text, halves, spare);
      const seen = ({ ids, ends, count }: typeof whole) =>
        Array.from({ length: count }, (_, at) => [ids[at], ends[at]]);
      expect(seen(halves)).toEqual(seen(whole));
    }
  });
});
