// Trains the model that tells a credential from any other value by the value's make-up and the words before it
// (src/policy/scan-context): letter-pair costs and one weight a feature, from the labelled corpora.
// Only numbers end up in the repository. Prints what held-out files, rules and projects come to; `--show` which fall short,
// `--letters` makes the costs of letter pairs anew. BOT_BOTTLE_CLEAN: folders of clean files, the dependencies unless given.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanBeginnings } from './detection/clean-files.mjs';
import { candidatesIn, readExamples } from './detection/context-examples.mjs';
import { readCorpus } from './detection/corpora.mjs';
import { loadModule, root } from './detection/load.mjs';
import { fitLogistic, scoreOf } from './detection/logistic.mjs';

const folds = 10;
const folder = join(root, 'src/policy/scan-context');
/** How much a clean text, a near-miss, a made-up text and a password of real code weigh beside a provider's token. */
const weightOf = {
  clean: 3,
  'near-miss': 8,
  generic: 0.3,
  assignment: 0.3,
  'made-up-provider': 0.3,
  'creddata-generic': 0.3,
};
/** A candidate of the clean folders to which a first model gives this chance is worth training on. */
const hardFrom = 0.015;

if (process.argv.includes('--letters')) {
  writeBigrams();
  process.exit(0);
}
const { featureCount } = await loadModule('src/policy/scan-context/features.ts');
const examples = readExamples(folds);
if (!examples) process.exit(1);
const hard = hardNegatives();
const scores = heldOutScores();
report(scores);
if (process.argv.includes('--show')) show(scores);
writeWeights(train(examples));

/** What a first model takes for a credential in files that hold none: at most six a file. */
function hardNegatives() {
  const first = trainOnce(examples, null, []);
  const data = [];
  const folders = process.env.BOT_BOTTLE_CLEAN ?? join(root, 'node_modules');
  for (const bytes of cleanBeginnings(folders)) {
    let left = 6;
    candidatesIn(bytes, (features) => {
      if (left === 0 || scoreOf(first, features) < hardFrom) return;
      left -= 1;
      data.push({ features, target: 0, weight: 1 });
    });
  }
  console.log(`${data.length} hard negatives from ${folders}`);
  return data;
}

/** For each example, the chance of its likeliest candidate under a model that has seen none of its group. */
function heldOutScores() {
  const held = examples.map(() => 0);
  for (let fold = 0; fold < folds; fold += 1) {
    const model = train(examples.filter((example) => example.fold !== fold));
    examples.forEach((example, i) => {
      if (example.fold === fold) held[i] = best(model, example.candidates);
    });
  }
  return held;
}

/** Twice: the second time, rows that label no span point at the candidate that the first model likes best. */
function train(set) {
  return trainOnce(set, trainOnce(set, null, hard), hard);
}

function trainOnce(set, model, more) {
  const data = [...more];
  for (const { row, candidates, labelled, positive } of set) {
    if (row.label === 'clean')
      for (const { features } of candidates)
        data.push({ features, target: 0, weight: weightOf[row.tier] ?? weightOf.clean });
    else if (positive) {
      const hits = labelled ? candidates.filter(({ hit }) => hit) : [top(model, candidates)];
      for (const hit of hits)
        if (hit) data.push({ features: hit.features, target: 1, weight: weightOf[row.tier] ?? 1 });
    }
  }
  return fitLogistic(data, featureCount, { penalty: 2e-4, rounds: 300 });
}

/** Before there is a model, the longest candidate stands for the secret of a row that labels no span. */
function top(model, candidates) {
  const rank = (c) => (model ? scoreOf(model, c.features) : c.text.length);
  return candidates.reduce((a, b) => (a && rank(a) >= rank(b) ? a : b), null);
}

function best(model, candidates) {
  return candidates.reduce((most, { features }) => Math.max(most, scoreOf(model, features)), 0);
}

function report(held) {
  const real = ({ label, tier }) =>
    label === 'clean' && !['near-miss', 'prose', 'made-up-provider'].includes(tier);
  const groups = {
    structured: ({ tier, class: kind }) => tier === 'rule-tp' && kind === 'structured',
    contextual: ({ tier, class: kind }) => tier === 'rule-tp' && kind === 'contextual',
    'real code': ({ tier }) => tier === 'creddata-T',
    passwords: ({ tier }) => tier === 'creddata-generic',
    'near-miss': ({ tier }) => tier === 'near-miss',
    clean: real,
    prose: ({ tier }) => tier === 'prose',
  };
  console.log(`held out, ${folds} folds by file, rule and project; a rule or the model:`);
  for (const threshold of [0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9]) {
    const cells = Object.entries(groups).map(([name, test]) => {
      const of = examples.flatMap((e, i) => (test(e.row) ? [e.structured || held[i] >= threshold] : []));
      const hits = of.filter(Boolean).length;
      return `${name} ${((100 * hits) / of.length).toFixed(2)} % (${hits} of ${of.length})`;
    });
    console.log(`  ${threshold}: ${cells.join(', ')}`);
  }
}

function show(held) {
  examples.forEach(({ row, structured, candidates }, i) => {
    const line = `${held[i].toFixed(2)} ${row.tier} ${row.rule ?? ''} ${row.source}`;
    const texts = JSON.stringify(candidates.map(({ text }) => text.slice(0, 60)).slice(0, 5));
    if (row.label === 'clean' && row.tier !== 'made-up-provider' && (structured || held[i] >= 0.4))
      console.log('alarm', structured ? 'by rule' : 'by model', line, texts);
    if (row.label === 'secret' && row.tier === 'rule-tp' && !structured && held[i] < 0.5)
      console.log('missed', line, texts, JSON.stringify(row.text.slice(0, 120)));
  });
}

/** Costs of letter pairs, from the clean texts. They are part of the features, so the weights have to be trained anew. */
function writeBigrams() {
  const rows = readCorpus('secrets');
  const prose = readCorpus('injection');
  if (!rows || !prose) process.exit(1);
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
