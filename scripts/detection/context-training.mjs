// Fits the context model to labelled examples, and tells what it makes of those that were held out.
import { fitLogistic, scoreOf } from './logistic.mjs';

/** How much a clean text, a near-miss, a made-up text and a password of real code weigh beside a provider's token. */
const weightOf = {
  clean: 3,
  'near-miss': 14,
  generic: 0.3,
  assignment: 0.3,
  'made-up-provider': 0.5,
  'creddata-generic': 0.3,
};

/** A token that should be recognisable by itself, and that no rule knows, weighs more. */
const weightOfSecret = ({ tier, class: kind }) =>
  tier === 'rule-tp' && kind === 'structured' ? 8 : (weightOf[tier] ?? 1);

/** @param more candidates of clean files, of weight 1. @returns `train(examples)`, which gives a model. */
export function trainerOf(featureCount, more) {
  const trainOnce = (set, model) => {
    const data = [...more];
    for (const { row, candidates, labelled, positive } of set) {
      if (row.label === 'clean')
        for (const { features } of candidates)
          data.push({ features, target: 0, weight: weightOf[row.tier] ?? weightOf.clean });
      else if (positive) {
        const hits = labelled ? candidates.filter(({ hit }) => hit) : [top(model, candidates)];
        for (const hit of hits)
          if (hit) data.push({ features: hit.features, target: 1, weight: weightOfSecret(row) });
      }
    }
    return fitLogistic(data, featureCount, { penalty: 2e-4, rounds: 300 });
  };
  return {
    trainOnce: (set) => trainOnce(set, null),
    /** Twice: the second time, rows that label no span point at the candidate that the first model likes best. */
    train: (set) => trainOnce(set, trainOnce(set, null)),
  };
}

/** Before there is a model, the longest candidate stands for the secret of a row that labels no span. */
function top(model, candidates) {
  const rank = (c) => (model ? scoreOf(model, c.features) : c.text.length);
  return candidates.reduce((a, b) => (a && rank(a) >= rank(b) ? a : b), null);
}

const best = (model, candidates) =>
  candidates.reduce((most, { features }) => Math.max(most, scoreOf(model, features)), 0);

/** For each example, the chance of its likeliest candidate under a model that has seen none of its fold. */
export function heldOutScores(train, examples, foldOf, folds) {
  const held = examples.map(() => 0);
  for (let fold = 0; fold < folds; fold += 1) {
    const model = train(examples.filter((example) => foldOf(example) !== fold));
    examples.forEach((example, i) => {
      if (foldOf(example) === fold) held[i] = best(model, example.candidates);
    });
  }
  return held;
}

const groups = {
  structured: ({ tier, class: kind }) => tier === 'rule-tp' && kind === 'structured',
  contextual: ({ tier, class: kind }) => tier === 'rule-tp' && kind === 'contextual',
  'real code': ({ tier }) => tier === 'creddata-T',
  passwords: ({ tier }) => tier === 'creddata-generic',
  'near-miss': ({ tier }) => tier === 'near-miss',
  clean: ({ label, tier }) => label === 'clean' && !['near-miss', 'prose', 'made-up-provider'].includes(tier),
  prose: ({ tier }) => tier === 'prose',
};

/** Of each group, how many a rule finds or the model gives at least `threshold`: over all, and fold by fold. */
export function printHeldOut(examples, held, threshold, foldOf, folds) {
  const cells = Object.entries(groups).map(([name, test]) => {
    const per = Array.from({ length: folds }, () => [0, 0]);
    examples.forEach((example, i) => {
      if (!test(example.row)) return;
      const count = per[foldOf(example)];
      count[1] += 1;
      if (example.structured || held[i] >= threshold) count[0] += 1;
    });
    const hits = per.reduce((sum, [part]) => sum + part, 0);
    const total = per.reduce((sum, [, whole]) => sum + whole, 0);
    const shares = per.filter(([, whole]) => whole > 0).map(([part, whole]) => (100 * part) / whole);
    const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
    const spread = Math.sqrt(shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length);
    return `${name} ${((100 * hits) / total).toFixed(2)} % ±${spread.toFixed(1)} (${hits} of ${total})`;
  });
  console.log(`  ${threshold}: ${cells.join(', ')}`);
}
