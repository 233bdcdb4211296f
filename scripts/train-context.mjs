// Trains the model that tells a credential from any other value by the value's make-up and the words before it
// (src/policy/scan-context): letter-pair costs and one weight a feature, from the labelled corpora.
// Only numbers end up in the repository. Prints what held-out providers and sources come to.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanFiles } from './detection/clean-files.mjs';
import { readCorpus } from './detection/corpora.mjs';
import { loadModule, root } from './detection/load.mjs';
import { fitLogistic, scoreOf } from './detection/logistic.mjs';

const rows = readCorpus('secrets');
const prose = readCorpus('injection');
if (!rows || !prose) process.exit(1);
const folds = 5;
const folder = join(root, 'src/policy/scan-context');

writeBigrams();
const { contextCandidates, lookForTokens } = await loadModule('src/policy/scan-rules/look.ts');
const { featureCount } = await loadModule('src/policy/scan-context/features.ts');
const { textView } = await loadModule('src/policy/scan/view.ts');
const { isPlaceholder } = await loadModule('src/policy/scan-rules/placeholder.ts');

const examples = [...rows, ...cleanProse(), ...cleanFiles(process.env.BOT_BOTTLE_CLEAN)]
  .map(toExample)
  .filter((example) => example.candidates.length > 0 || example.positive);
const heldOut = examples.map(() => 0);
for (let fold = 0; fold < folds; fold += 1) {
  const model = train(examples.filter((example) => example.fold !== fold));
  examples.forEach((example, i) => {
    if (example.fold === fold) heldOut[i] = best(model, example.candidates);
  });
}
report(heldOut);
if (process.env.SHOW) showMissed(heldOut);
const model = train(examples);
writeWeights(model);

function cleanProse() {
  return prose
    .filter(({ label, tier }) => label === 'clean' && tier !== 'discusses-injection')
    .map(({ text, source }) => ({ text, source, label: 'clean', tier: 'prose' }));
}

function toExample(row) {
  const bytes = Buffer.from(row.text);
  const secrets = (row.secret ?? []).map((value) => {
    const at = bytes.indexOf(value);
    return [at, at + Buffer.byteLength(value)];
  });
  const candidates = [];
  contextCandidates(bytes, ({ start, end }, features) => {
    if (isPlaceholder(bytes, start, end)) return;
    candidates.push({
      features,
      hit: secrets.some(([from, to]) => start < to && end > from),
      text: bytes.toString('latin1', start, end),
    });
  });
  const positive = row.label === 'secret' && (row.class === 'contextual' || !hasStructure(bytes));
  const group =
    row.label === 'secret' ? `${row.rule}` : row.tier === 'near-miss' ? row.source : row.source.split(':')[0];
  let hash = 7;
  for (const character of group) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  return { row, candidates, positive, labelled: secrets.length > 0, fold: hash % folds };
}

/** Whether a provider's rule finds something: then the row says nothing about the context. */
function hasStructure(bytes) {
  let structured = false;
  lookForTokens(textView(bytes), { surface: 'body', thorough: false }, (sighting) => {
    structured ||= sighting.class === 'structured';
  });
  return structured;
}

function train(set) {
  let model = null;
  for (let round = 0; round < 2; round += 1) {
    const data = [];
    for (const example of set) {
      if (example.row.label === 'clean')
        for (const { features } of example.candidates)
          data.push({
            features,
            target: 0,
            weight: example.row.tier === 'near-miss' ? 2 : example.row.tier === 'files' ? 0.4 : 1.5,
          });
      else if (example.positive) {
        const weight = example.row.tier === 'creddata-generic' || example.row.tier === 'generic' ? 0.3 : 1;
        const hits = example.labelled
          ? example.candidates.filter(({ hit }) => hit)
          : [top(model, example.candidates)];
        for (const hit of hits) if (hit) data.push({ features: hit.features, target: 1, weight });
      }
    }
    model = fitLogistic(data, featureCount, { penalty: 1e-4, rounds: 300 });
  }
  return model;
}

/** Before there is a model, the longest candidate stands for the secret of a row that labels no span. */
function top(model, candidates) {
  const rank = (c) => (model ? scoreOf(model, c.features) : c.text.length);
  return candidates.reduce((a, b) => (a && rank(a) >= rank(b) ? a : b), null);
}

function best(model, candidates) {
  return candidates.reduce((most, { features }) => Math.max(most, scoreOf(model, features)), 0);
}

function report(scores) {
  const clean = examples.flatMap((e, i) =>
    e.row.label === 'clean' && !['near-miss', 'prose', 'files'].includes(e.row.tier) ? [[scores[i], e]] : [],
  );
  const total = rows.filter((row) => row.label === 'clean' && row.tier !== 'near-miss').length;
  const nearMiss = examples.flatMap((e, i) => (e.row.tier === 'near-miss' ? [scores[i]] : []));
  const extra = examples.flatMap((e, i) =>
    e.row.tier === 'prose' || e.row.tier === 'files' ? [scores[i]] : [],
  );
  const nearMisses = rows.filter((row) => row.tier === 'near-miss').length;
  for (const threshold of [0.3, 0.4, 0.5, 0.6, 0.7, 0.8]) {
    const share = (tier) => {
      const of = examples.flatMap((e, i) => (e.positive && e.row.tier === tier ? [scores[i]] : []));
      return `${((100 * of.filter((s) => s >= threshold).length) / of.length).toFixed(1)} %`;
    };
    const alarms = clean.filter(([s]) => s >= threshold).length;
    console.log(
      `held out, threshold ${threshold}: rule-tp ${share('rule-tp')} creddata-T ${share('creddata-T')} generic ${share('creddata-generic')}` +
        ` extra clean ${extra.filter((s) => s >= threshold).length} of ${extra.length}` +
        ` near-miss ${((100 * nearMiss.filter((s) => s >= threshold).length) / nearMisses).toFixed(1)} % clean ${alarms} of ${total}`,
    );
  }
  if (process.env.SHOW)
    for (const [s, e] of clean.sort((a, b) => b[0] - a[0]).slice(0, 25))
      console.log(
        s.toFixed(3),
        e.row.tier,
        JSON.stringify(e.candidates.map((c) => c.text).slice(0, 4)).slice(0, 160),
        e.row.source,
      );
}

function showMissed(scores) {
  examples.forEach((e, i) => {
    if (e.positive && e.row.tier === 'rule-tp' && scores[i] < 0.5)
      console.log(
        'missed',
        scores[i].toFixed(2),
        e.row.rule,
        JSON.stringify(e.row.text.slice(0, 120)),
        JSON.stringify(e.candidates.map((c) => c.text).slice(0, 5)).slice(0, 150),
        JSON.stringify(e.row.secret ?? null).slice(0, 80),
      );
  });
  examples.forEach((e, i) => {
    if (e.row.tier === 'near-miss' && scores[i] > 0.5)
      console.log('near', scores[i].toFixed(2), JSON.stringify(e.row.text.slice(0, 140)));
  });
}

function writeBigrams() {
  const size = 28;
  const counts = new Float64Array(size * size).fill(0.4);
  const symbol = (byte) => {
    const lower = byte | 0x20;
    if (lower >= 0x61 && lower <= 0x7a) return lower - 0x61;
    return byte >= 0x30 && byte <= 0x39 ? 26 : 27;
  };
  for (const row of [...rows, ...prose].filter(
    ({ label, tier }) => label === 'clean' && tier !== 'near-miss' && tier !== 'lockfile',
  )) {
    let before = 27;
    for (const byte of Buffer.from(row.text.slice(0, 20_000))) {
      const now = symbol(byte);
      counts[before * size + now] += 1;
      before = now;
    }
  }
  const table = Uint8Array.from(counts, (count, i) => {
    const from = Math.floor(i / size) * size;
    const total = counts.subarray(from, from + size).reduce((a, b) => a + b, 0);
    return Math.min(255, Math.round(-16 * Math.log2(count / total)));
  });
  writeFileSync(
    join(folder, 'bigram-table.ts'),
    `// Made by scripts/train-context.mjs: 28 x 28 costs in sixteenths of a bit, base64.\nexport const bigramTable =\n  '${Buffer.from(table).toString('base64')}';\n`,
  );
}

function writeWeights({ bias, weights }) {
  const rounded = Array.from(weights, (w) => Math.round(w * 100) / 100);
  const lines = [];
  for (let i = 0; i < rounded.length; i += 20) lines.push(`  ${rounded.slice(i, i + 20).join(', ')},`);
  writeFileSync(
    join(folder, 'weights.ts'),
    `// Made by scripts/train-context.mjs: one weight a feature, in the order of features.ts.\nexport const contextBias = ${bias.toFixed(2)};\n` +
      `// biome-ignore format: a table of numbers\nexport const contextWeights: readonly number[] = [\n${lines.join('\n')}\n];\n`,
  );
}
