import { describe, expect, it } from 'vitest';
import { alphabets } from '../../../src/policy/scan/alphabet.js';
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
