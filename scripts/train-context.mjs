// Trains the model that tells a credential from any other value by the value's make-up and the words before it
// (src/policy/scan-context): letter-pair costs and one weight a feature, from the labelled corpora.
// Only numbers end up in the repository. Prints what held-out files, rules and projects come to; `--show` which fall short,
// `--letters` makes the costs of letter pairs anew. BOT_BOTTLE_CLEAN: folders of clean files, the dependencies unless given.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanBeginnings, randomRuns } from './detection/clean-files.mjs';
import { candidatesIn, foldOfGroup, readExamples } from './detection/context-examples.mjs';
import { heldOutScores, printHeldOut, trainerOf } from './detection/context-training.mjs';
import { readCorpus } from './detection/corpora.mjs';
import { loadModule, root } from './detection/load.mjs';
import { scoreOf } from './detection/logistic.mjs';

/** Two ways to cut the examples in five, so that no figure hangs on one of them. */
const folds = 5;
const seeds = [1, 2];
const thresholds = [0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9];
const folder = join(root, 'src/policy/scan-context');
/** A candidate of the clean folders to which a first model gives this chance is worth training on. */
const hardFrom = 0.015;

if (process.argv.includes('--letters')) {
  writeBigrams();
  process.exit(0);
}
const { featureCount } = await loadModule('src/policy/scan-context/features.ts');
const examples = readExamples();
if (!examples) process.exit(1);
const { train } = trainerOf(featureCount, hardNegatives());
for (const seed of seeds) {
  const foldOf = ({ group }) => foldOfGroup(group, seed, folds);
  const held = heldOutScores(train, examples, foldOf, folds);
  console.log(`held out, ${folds} folds by file, rule and project, cut ${seed}; a rule or the model:`);
  for (const threshold of thresholds) printHeldOut(examples, held, threshold, foldOf, folds);
  if (process.argv.includes('--show')) show(held);
}
writeWeights(train(examples));

/** What a first model takes for a credential in files and random runs that hold none: at most six a file. */
function hardNegatives() {
  const first = trainerOf(featureCount, []).trainOnce(examples);
  const data = [];
  const folders = process.env.BOT_BOTTLE_CLEAN ?? join(root, 'node_modules');
  for (const bytes of [...randomRuns(40), ...cleanBeginnings(folders)]) {
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

function show(held) {
  examples.forEach(({ row, structured, candidates }, i) => {
    const line = `${held[i].toFixed(2)} ${row.tier} ${row.rule ?? ''} ${row.source}`;
    const texts = JSON.stringify(candidates.map(({ text }) => text.slice(0, 60)).slice(0, 5));
    if (row.label === 'clean' && row.tier !== 'made-up-provider' && (structured || held[i] >= 0.4))
      console.log('alarm', structured ? 'by rule' : 'by model', line, texts);
    if (row.label === 'secret' && row.tier === 'rule-tp' && !structured && held[i] < 0.5)
      console.log('missed', row.class, line, texts, JSON.stringify(row.text.slice(0, 120)));
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
