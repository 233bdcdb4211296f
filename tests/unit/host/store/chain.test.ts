import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Entry,
  type Head,
  hashOf,
  type NewEntry,
  origin,
  verifyChain,
} from '../../../../src/host/store/chain.js';

const newEntry: fc.Arbitrary<NewEntry> = fc.record({
  time: fc.nat(),
  bottle: fc.string(),
  kind: fc.constantFrom('request' as const, 'decision' as const),
  verdict: fc.option(fc.string()),
  body: fc.json(),
});
const chain = fc.array(newEntry, { minLength: 1, maxLength: 20 }).map((entries) => chained(entries));

function chained(entries: readonly NewEntry[]): Entry[] {
  let last: Head = { sequence: 0, hash: origin };
  return entries.map((entry) => {
    const numbered = { ...entry, sequence: last.sequence + 1 };
    last = { sequence: numbered.sequence, hash: hashOf(last.hash, numbered) };
    return { ...numbered, hash: last.hash };
  });
}

function headOf(entries: readonly Entry[]): Head {
  const last = entries.at(-1);
  return last ? { sequence: last.sequence, hash: last.hash } : { sequence: 0, hash: origin };
}

describe('verifyChain', () => {
  it('finds a chain whole that nobody touched', () => {
    fc.assert(
      fc.property(chain, (entries) => {
        const result = verifyChain(entries, null, [headOf(entries)]);
        expect(result).toEqual({
          ok: true,
          entries: entries.length,
          head: headOf(entries),
          prunedThrough: 0,
        });
      }),
    );
  });

  it('finds a change of any field of any entry, and where it is', () => {
    const fields = ['time', 'bottle', 'kind', 'verdict', 'body', 'hash'] as const;
    fc.assert(
      fc.property(chain, fc.nat(), fc.constantFrom(...fields), (entries, which, field) => {
        const index = which % entries.length;
        const changed = entries.map((entry, at) =>
          at === index
            ? { ...entry, [field]: field === 'time' ? entry.time + 1 : `${entry[field]}x` }
            : entry,
        );
        expect(verifyChain(changed, null, [])).toMatchObject({ ok: false, sequence: index + 1 });
      }),
    );
  });

  it('finds a missing entry, also at the beginning', () => {
    fc.assert(
      fc.property(chain, fc.nat(), (entries, which) => {
        const index = which % entries.length;
        const rest = entries.filter((_, at) => at !== index);
        expect(verifyChain(rest, null, [headOf(entries)])).toMatchObject({ ok: false, sequence: index + 1 });
      }),
    );
  });

  it('finds two entries that changed places, their numbers with them', () => {
    fc.assert(
      fc.property(chain, fc.nat(), (entries, which) => {
        fc.pre(entries.length > 1);
        const index = which % (entries.length - 1);
        const [first, second] = [entries[index], entries[index + 1]];
        if (!first || !second) return;
        const swapped = [...entries];
        swapped[index] = { ...second, sequence: first.sequence };
        swapped[index + 1] = { ...first, sequence: second.sequence };
        const same =
          JSON.stringify({ ...first, hash: '', sequence: 0 }) ===
          JSON.stringify({ ...second, hash: '', sequence: 0 });
        fc.pre(!same);
        expect(verifyChain(swapped, null, [])).toMatchObject({ ok: false, sequence: index + 1 });
      }),
    );
  });

  it('finds a cut tail by the head that was noted, and a log that was written anew', () => {
    fc.assert(
      fc.property(chain, fc.nat(), (entries, which) => {
        const kept = which % entries.length;
        const cut = entries.slice(0, kept);
        expect(verifyChain(cut, null, [headOf(entries)])).toMatchObject({ ok: false, sequence: kept + 1 });
        expect(verifyChain(cut, null, []).ok).toBe(true);
        const anew = chained(entries.map((entry) => ({ ...entry, time: entry.time + 1 })));
        expect(verifyChain(anew, null, [])).toMatchObject({ ok: true });
        expect(verifyChain(anew, null, [headOf(entries)])).toMatchObject({
          ok: false,
          sequence: entries.length,
        });
      }),
    );
  });

  it('begins a pruned chain where its pruned entry says, and nowhere else', () => {
    fc.assert(
      fc.property(chain, fc.nat(), (entries, which) => {
        fc.pre(entries.length > 1);
        const through = 1 + (which % (entries.length - 1));
        const pruned = headOf(entries.slice(0, through));
        const rest = entries.slice(through);
        expect(verifyChain(rest, pruned, [headOf(entries)])).toMatchObject({
          ok: true,
          prunedThrough: through,
        });
        expect(verifyChain(rest, null, [])).toMatchObject({ ok: false, sequence: 1 });
        expect(verifyChain(rest.slice(1), pruned, [headOf(entries)])).toMatchObject({ ok: false });
        expect(verifyChain(rest, { ...pruned, hash: origin }, [])).toMatchObject({ ok: false });
      }),
    );
  });

  it('keeps the fields apart', () => {
    const base = { sequence: 1, time: 1, kind: 'request', verdict: null } as const;
    const hashes = [
      hashOf(origin, { ...base, bottle: 'a', body: 'b' }),
      hashOf(origin, { ...base, bottle: 'ab', body: '' }),
      hashOf(origin, { ...base, bottle: 'a","b', body: '' }),
      hashOf(origin, { ...base, bottle: 'a', body: 'b', verdict: 'null' }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
