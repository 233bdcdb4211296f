import { describe, expect, it } from 'vitest';
import { type BenchmarkRun, partOf, runOf } from '../../../support/benchmark-runs.js';
import { importScript } from '../../../support/scripts.js';

interface Fallen {
  readonly id: string;
  readonly before: number;
  readonly value: number;
  readonly certain: boolean;
  readonly alone: boolean;
  readonly beside: readonly string[];
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

  it('are taken within each round, since the host is faster in one than in the next', () => {
    const rounds = (ours: readonly (number | null)[], squid: readonly (number | null)[]) =>
      runOf(partOf({ 'bot-bottle': { requests: ours }, squid: { requests: squid } }));
    // Twice as good in each round but the last, in which a peer stumbled; by their medians it would be 1.25 times.
    const uneven = rounds([200, 100, 200, 100, 100], [100, 50, 100, 80, 80]);
    expect(fallen(stored, uneven)).toEqual([]);
    // A round that failed has no ratio, and takes nothing from the others.
    expect(fallen(stored, rounds([null, 200, 100], [100, 100, 50]))).toEqual([]);
    expect(fallen(stored, rounds([100, null, 50], [100, 100, 50]))).toMatchObject([{ value: 1 }]);
  });

  it('are certain where the middle rounds of both runs do not lie among each other', () => {
    const scattered = (...ours: readonly number[]) =>
      runOf(
        partOf({ 'bot-bottle': { requests: ours }, squid: { requests: new Array(ours.length).fill(100) } }),
      );
    const certainty = (before: BenchmarkRun, now: BenchmarkRun) =>
      fallen(before, now).map((one) => one.certain);
    const before = scattered(130, 200, 200, 200, 220);
    expect(certainty(before, scattered(90, 140, 140, 140, 210))).toEqual([true]);
    expect(certainty(before, scattered(90, 140, 140, 200, 210))).toEqual([false]);
    expect(certainty(scattered(130, 200, 200), scattered(140, 140, 140))).toEqual([false]);
  });

  it('tell whether most of the others bear them out', () => {
    const beside = (ours: number, direct: number, squid: number, mitmdump = 10) =>
      runOf(
        partOf({
          direct: { requests: direct },
          'bot-bottle': { requests: ours },
          squid: { requests: squid },
          mitmdump: { requests: mitmdump },
        }),
      );
    const before = beside(200, 400, 100);
    const of = (now: BenchmarkRun) =>
      fallen(before, now).map(({ alone, beside: others }) => ({ alone, others }));
    expect(of(beside(200, 800, 100))).toEqual([{ alone: true, others: ['squid', 'mitmdump'] }]);
    expect(of(beside(140, 400, 100))).toHaveLength(3);
    expect(of(beside(140, 400, 100)).every(({ alone }) => !alone)).toBe(true);
    // One of them stumbled as well.
    expect(of(beside(140, 400, 70))).toEqual([
      { alone: false, others: ['squid', 'mitmdump'] },
      { alone: false, others: ['direct', 'squid'] },
    ]);
  });

  it('are told from a table that was stored without its rounds by its medians', () => {
    const older = JSON.parse(JSON.stringify(stored, (key, value) => (key === 'rounds' ? undefined : value)));
    const now = runOf(partOf({ 'bot-bottle': { requests: 149 }, squid: { requests: 100 } }));
    expect(fallen(older, now)).toMatchObject([{ before: 2, value: 1.49 }]);
    expect(fallen(older, stored)).toEqual([]);
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
