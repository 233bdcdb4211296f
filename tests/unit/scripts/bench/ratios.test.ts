import { describe, expect, it } from 'vitest';
import { type BenchmarkRun, partOf, runOf } from '../../../support/benchmark-runs.js';
import { importScript } from '../../../support/scripts.js';

interface Fallen {
  readonly id: string;
  readonly before: number;
  readonly value: number;
}

const { fallen } = await importScript<{
  fallen: (stored: BenchmarkRun, now: BenchmarkRun) => readonly Fallen[];
}>('bench/report/ratios.mjs');

const twice = partOf({ 'bot-bottle': { requests: 200 }, squid: { requests: 100 } });
const stored = runOf(twice);

describe('the ratios that fell', () => {
  it('are those more than a quarter below the stored ones', () => {
    const now = runOf(partOf({ 'bot-bottle': { requests: 149 }, squid: { requests: 100 } }));
    expect(fallen(stored, now)).toMatchObject([
      { id: 'proxy / small-gets / requests / bot-bottle / squid', before: 2, value: 1.49 },
    ]);
  });

  it('are none at a quarter, above it, or on a machine that is slower as a whole', () => {
    for (const [ours, squid] of [
      [150, 100],
      [400, 100],
      [20, 10],
    ]) {
      const now = runOf(partOf({ 'bot-bottle': { requests: ours ?? 0 }, squid: { requests: squid ?? 0 } }));
      expect(fallen(stored, now)).toEqual([]);
    }
  });

  it('count a figure where less is better the other way round', () => {
    const settings = { figures: { p50: { unit: 'ms', better: 'lower' } } };
    const before = runOf(partOf({ 'bot-bottle': { p50: 1 }, squid: { p50: 1 } }, settings));
    const slower = runOf(partOf({ 'bot-bottle': { p50: 1.4 }, squid: { p50: 1 } }, settings));
    expect(fallen(before, slower)).toHaveLength(1);
    expect(fallen(slower, before)).toEqual([]);
  });

  it('leave out figures that scatter too much to be guarded', () => {
    const settings = { figures: { p99: { unit: 'ms', better: 'lower', guard: false } } };
    const before = runOf(partOf({ 'bot-bottle': { p99: 1 }, squid: { p99: 1 } }, settings));
    const slower = runOf(partOf({ 'bot-bottle': { p99: 9 }, squid: { p99: 1 } }, settings));
    expect(fallen(before, slower)).toEqual([]);
  });

  it('are zero where our own rig has no figure any more', () => {
    const now = runOf(partOf({ 'bot-bottle': {}, squid: { requests: 100 } }));
    expect(fallen(stored, now)).toMatchObject([{ before: 2, value: 0 }]);
  });

  it('leave out a peer that failed or is not there, and what was not measured', () => {
    const peerFailed = runOf(partOf({ 'bot-bottle': { requests: 1 }, squid: {} }));
    const peerAbsent = runOf(partOf({ 'bot-bottle': { requests: 1 } }));
    const other = runOf(
      partOf({ 'bot-bottle': { requests: 1 }, squid: { requests: 100 } }, { case: 'other' }),
    );
    for (const now of [peerFailed, peerAbsent, other, runOf()]) expect(fallen(stored, now)).toEqual([]);
  });
});
