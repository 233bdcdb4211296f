import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decisions, longestNote, parseDecision } from '../../../src/contract/proposal.js';

describe('parseDecision', () => {
  it('reads every decision as it was written', () => {
    const decision = fc.record({
      proposal: fc.string(),
      decision: fc.constantFrom(...decisions),
      note: fc.option(fc.string({ maxLength: longestNote })),
    });
    fc.assert(
      fc.property(decision, (value) => {
        expect(parseDecision(JSON.stringify({ type: 'decision', ...value }))).toEqual(value);
      }),
    );
  });

  it('takes nothing else for a decision', () => {
    const good = { type: 'decision', proposal: 'a.1', decision: 'approve-once', note: null };
    const bad: unknown[] = [
      null,
      1,
      'approve-once',
      [],
      [good],
      {},
      { ...good, type: 'event' },
      { ...good, decision: 'approve' },
      { ...good, decision: 'constructor' },
      { ...good, decision: ['approve-once'] },
      { ...good, proposal: 1 },
      { ...good, note: undefined },
      { ...good, note: 'x'.repeat(longestNote + 1) },
      { ...good, note: {} },
    ];
    for (const value of bad) expect(parseDecision(JSON.stringify(value))).toBeNull();
    for (const text of ['', '{', 'approve', JSON.stringify(good).slice(0, -1)]) {
      expect(parseDecision(text)).toBeNull();
    }
    expect(parseDecision(JSON.stringify(good))).not.toBeNull();
  });
});
