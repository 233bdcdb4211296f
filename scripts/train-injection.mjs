// Trains the model of naive_injection_detection (src/policy/scan-injection): one weight for each bucket of words and
// word pairs, from the labelled corpora. Only the weights, eight bits each, end up in the repository.
// Prints what held-out techniques and sources come to.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanFiles } from './detection/clean-files.mjs';
import { readCorpus } from './detection/corpora.mjs';
import { loadModule, root } from './detection/load.mjs';
import { fitLogistic } from './detection/logistic.mjs';

const rows = readCorpus('injection');
const others = readCorpus('secrets');
if (!rows || !others) process.exit(1);
const { visitWindows, bucketBits } = await loadModule('src/policy/scan-injection/windows.ts');
const { textView } = await loadModule('src/policy/scan/view.ts');
const { decodeViews } = await loadModule('src/policy/views/decode.ts');
const size = 1 << bucketBits;
const folds = 5;

// Projects about attacks on models hold such texts themselves.
const aboutAttacks =
  /inject|jailbreak|garak|llm|prompt|attack|guard|secalign|agentdojo|harm|system-prompts|claude|agent/i;
const clean = others
  .filter(({ label, source }) => label === 'clean' && !aboutAttacks.test(source))
  .map((row) => ({ ...row, tier: 'code' }));
const examples = [...rows, ...clean, ...cleanFiles(process.env.BOT_BOTTLE_CLEAN)].map(toExample);
const perTechnique = new Map();
for (const { row } of examples)
  if (row.technique) perTechnique.set(row.technique, (perTechnique.get(row.technique) ?? 0) + 1);

const heldOut = examples.map(() => Number.NEGATIVE_INFINITY);
for (let fold = 0; fold < folds; fold += 1) {
  const model = train(examples.filter((example) => example.fold !== fold));
  examples.forEach((example, i) => {
    if (example.fold === fold) heldOut[i] = oddsOf(model, example);
  });
}
const thresholds = report(heldOut);
write(train(examples), thresholds);

function toExample(row) {
  const windows = [];
  const take = (bytes) => visitWindows(bytes, (_, features, count) => windows.push(features.slice(0, count)));
  const text = textView(Buffer.from(row.text));
  take(text.bytes);
  // Decoded views of clean text are what the detector sees too.
  for (const view of decodeViews(text, { remaining: 1e8 })) take(view.bytes);
  // Injections are held out text by text: whole techniques of two or three texts would say nothing.
  const group = row.technique ? row.id : row.source.split(':')[0].split('/').slice(0, 6).join('/');
  let hash = 11;
  for (const character of group) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  return { row, windows, fold: hash % folds };
}

function sumOf(weights, features) {
  let sum = 0;
  for (const feature of features) sum += weights[feature];
  return sum;
}

function oddsOf({ weights, bias }, { windows }) {
  return (
    windows.reduce((most, features) => Math.max(most, sumOf(weights, features)), Number.NEGATIVE_INFINITY) +
    bias
  );
}

function train(set) {
  let model = null;
  for (let round = 0; round < 3; round += 1) {
    const data = [];
    for (const { row, windows } of set) {
      if (row.label === 'injection') {
        const weight = (row.core ? 6 : 1) / Math.sqrt(perTechnique.get(row.technique));
        // What surrounds a planted text is clean: only the window that the last model finds most telling counts.
        const chosen =
          model && row.form === 'embedded'
            ? [
                windows.reduce(
                  (a, b) => (sumOf(model.weights, a) >= sumOf(model.weights, b) ? a : b),
                  windows[0],
                ),
              ]
            : windows;
        for (const features of chosen)
          if (features) data.push({ features, target: 1, weight: weight / Math.sqrt(chosen.length) });
      } else {
        const weight =
          row.tier === 'discusses-injection'
            ? 0.15
            : row.tier === 'files'
              ? 0.1
              : row.tier.startsWith('agent-instructions')
                ? 4
                : 0.4;
        windows.forEach((features, i) => {
          // Most clean windows are far from the boundary; those that the last model thinks little of are thinned out.
          if (model ? sumOf(model.weights, features) + model.bias > -6 || i % 4 === 0 : i % 3 === 0)
            data.push({ features, target: 0, weight });
        });
      }
    }
    model = fitLogistic(data, size, { penalty: 3e-5, rounds: 80 });
  }
  return model;
}

function report(odds) {
  const calm = ['agent-instructions', 'agent-instructions-hard', 'discusses-injection', 'files', 'code'];
  const of = (test) => examples.flatMap((e, i) => (test(e.row) ? [odds[i]] : []));
  const ordinary = of((row) => row.label === 'clean' && !calm.includes(row.tier));
  const sorted = of(
    (row) =>
      row.label === 'clean' &&
      row.tier !== 'discusses-injection' &&
      !row.tier.startsWith('agent-instructions'),
  ).sort((a, b) => b - a);
  const agents = of((row) => row.tier?.startsWith('agent-instructions') === true);
  const at = (share, list) => list.sort((a, b) => b - a)[Math.floor(list.length * share)] + 0.02;
  const top = examples
    .map((e, i) => [odds[i], e.row])
    .filter(([, row]) => row.label === 'clean')
    .sort((a, b) => b[0] - a[0]);
  if (process.env.SHOW)
    for (const [o, row] of top.slice(0, 25)) console.log(o.toFixed(2), row.tier, row.source);
  const result = {
    warn: at(0.005, ordinary),
    block: Math.max(at(0.001, sorted), at(0.003, ordinary), at(0.015, agents)),
  };
  for (const [name, threshold] of Object.entries(result)) {
    const techniques = new Map();
    examples.forEach(({ row }, i) => {
      if (!row.core || row.label !== 'injection') return;
      const [hits, total] = techniques.get(row.technique) ?? [0, 0];
      techniques.set(row.technique, [hits + (odds[i] >= threshold ? 1 : 0), total + 1]);
    });
    const macro =
      [...techniques.values()].reduce((sum, [hits, total]) => sum + hits / total, 0) / techniques.size;
    const share = (scores) =>
      `${((100 * scores.filter((s) => s >= threshold).length) / scores.length).toFixed(2)} % of ${scores.length}`;
    console.log(
      `held out, ${name} at ${threshold.toFixed(2)}: core macro average ${(100 * macro).toFixed(1)} %, core ${share(of((r) => r.core && r.label === 'injection'))}, ` +
        `ordinary ${share(ordinary)}, code ${share(of((r) => r.tier === 'code'))}, files ${share(of((r) => r.tier === 'files'))}, ` +
        `agent instructions ${share(of((r) => r.tier?.startsWith('agent-instructions')))}, discusses ${share(of((r) => r.tier === 'discusses-injection'))}`,
    );
  }
  return result;
}

function write({ weights, bias }, { warn, block }) {
  const scale = weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0) / 127;
  const table = Buffer.from(Int8Array.from(weights, (w) => Math.round(w / scale)).buffer);
  writeFileSync(
    join(root, 'src/policy/scan-injection/weights.ts'),
    `// Made by scripts/train-injection.mjs: one signed byte a bucket, base64; odds = sum * scale + bias.\n` +
      `export const injectionBias = ${bias.toFixed(4)};\nexport const injectionScale = ${scale.toFixed(6)};\n` +
      `export const injectionWarn = ${warn.toFixed(3)};\nexport const injectionBlock = ${Math.max(block, warn + 0.2).toFixed(3)};\n` +
      `export const injectionTable =\n  '${table.toString('base64')}';\n`,
  );
}
