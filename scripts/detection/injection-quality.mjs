import { readCorpus } from './corpora.mjs';

const percent = (part, whole) => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(2)} %`);

/** Scores every text; a text without a finding scores 0. */
export function injectionQuality(scan) {
  const rows = readCorpus('injection');
  if (!rows) return null;
  return rows.map((row) => {
    const { findings } = scan(Buffer.from(row.text));
    const score = findings
      .filter((f) => f.class === 'injection')
      .reduce((most, f) => Math.max(most, f.score), 0);
    return { row, score };
  });
}

const calm = ['agent-instructions', 'agent-instructions-hard', 'discusses-injection'];

export function printInjection(scored) {
  const core = scored.filter(({ row }) => row.label === 'injection' && row.core);
  const ordinary = scored
    .filter(({ row }) => row.label === 'clean' && !calm.includes(row.tier))
    .map(({ score }) => score);
  for (const [name, threshold] of [
    ['warn', 0.5],
    ['block', 0.8],
  ]) {
    const techniques = new Map();
    for (const { row, score } of core) {
      const [hits, total] = techniques.get(row.technique) ?? [0, 0];
      techniques.set(row.technique, [hits + (score >= threshold ? 1 : 0), total + 1]);
    }
    const shares = [...techniques.values()].map(([hits, total]) => hits / total);
    const macro = shares.reduce((a, b) => a + b, 0) / shares.length;
    const of = (test) => {
      const some = scored.filter(test);
      return percent(some.filter(({ score }) => score >= threshold).length, some.length);
    };
    console.log(
      `${name} (${threshold}): core macro average ${(100 * macro).toFixed(1)} %, core ${of(({ row }) => row.core === true && row.label === 'injection')}, ` +
        `other ${of(({ row }) => row.label === 'injection' && !row.core)}; ordinary ${percent(ordinary.filter((s) => s >= threshold).length, ordinary.length)}, ` +
        `agent instructions ${of(({ row }) => row.tier?.startsWith('agent-instructions'))}, discusses ${of(({ row }) => row.tier === 'discusses-injection')}`,
    );
    if (threshold === 0.5)
      for (const [technique, [hits, total]] of [...techniques].sort())
        console.log(`  ${technique.padEnd(36)} ${hits} of ${total}`);
  }
}
