// Held-out figures: what a model says of texts that it was not trained on, by several ways of holding out.
import { oddsOf, train } from './injection-model.mjs';

/** Groups of techniques that share an author and so their templates. */
const families = ['agentdojo', 'asb', 'garak', 'oasb'];
const aboutTools = /mcp|skill|coding/;

const hashOf = (text) => {
  let hash = 11;
  for (const character of text) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  return (hash ^ (hash >>> 13)) >>> 0;
};

/** Clean texts are held out by project; where one source holds texts of many projects, text by text. */
function projectOf(row) {
  if (row.source.includes('open-agent-security-benchmark')) return row.source;
  if (row.tier === 'files')
    return (
      /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(row.source)?.[1] ??
      row.source.split('/').slice(0, 5).join('/')
    );
  return row.source.split(':')[0].split('/').slice(0, 6).join('/');
}

function familyOf({ technique }) {
  const at = families.findIndex((family) => technique.startsWith(family));
  if (at >= 0) return at;
  return families.length + (aboutTools.test(technique) ? 0 : 1);
}

/** For each way of holding out: the number of folds, and the fold of an attack. */
export const splits = {
  text: [5, (row) => hashOf(row.id) % 5],
  technique: [6, (row, techniques) => techniques.indexOf(row.technique) % 6],
  family: [families.length + 2, familyOf],
};

/** Log-odds of every example by a model that has not seen its fold. Made-up texts are in no fold. */
export function heldOut(examples, [count, foldOfAttack], size) {
  const techniques = [
    ...new Set(examples.filter(({ row }) => row.technique && !row.madeUp).map(({ row }) => row.technique)),
  ].sort();
  const folds = examples.map(({ row }) =>
    row.madeUp ? -1 : row.technique ? foldOfAttack(row, techniques) : hashOf(projectOf(row)) % count,
  );
  const odds = examples.map(() => Number.NEGATIVE_INFINITY);
  for (let fold = 0; fold < count; fold += 1) {
    const model = train(
      examples.filter((_, i) => folds[i] !== fold),
      size,
    );
    examples.forEach((example, i) => {
      if (folds[i] === fold) odds[i] = oddsOf(model, example);
    });
  }
  return odds;
}

const isCore = (row) => row.label === 'injection' && row.core === true && !row.madeUp;
const isAgent = (row) => row.tier?.startsWith('agent-instructions') === true;
const isDiscussion = (row) => row.tier === 'discusses-injection';
const isOrdinary = (row) =>
  row.label === 'clean' && !row.madeUp && !isAgent(row) && !isDiscussion(row) && row.tier !== 'code';

/** Thresholds that keep the shares of clean texts, with something to spare, and what comes of them. */
export function thresholdsOf(examples, odds) {
  const at = (share, test) => {
    const list = examples.flatMap(({ row }, i) => (test(row) ? [odds[i]] : [])).sort((a, b) => b - a);
    return list[Math.floor(list.length * share)] + 0.01;
  };
  const warn = Math.max(at(0.0025, isOrdinary), at(0.012, isAgent));
  const block = Math.max(
    at(0.0008, isOrdinary),
    at(0.0008, (row) => row.tier === 'code'),
    at(0.006, isAgent),
  );
  return { warn, block: Math.max(block, warn + 0.2) };
}

const percent = (part, whole) => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;

/** Lines for a reader: what a warning and a block come to, and each technique's share at a warning. */
export function describeHeldOut(name, examples, odds, thresholds) {
  const lines = [];
  for (const [level, score] of [
    ['warn', 0.5],
    ['block', 0.8],
  ]) {
    const flagged = examples.map(
      ({ byRule, quoted }, i) =>
        byRule >= score || (odds[i] >= thresholds[level] && !(level === 'block' && quoted)),
    );
    const share = (test) => {
      const some = examples.flatMap(({ row }, i) => (test(row) ? [flagged[i]] : []));
      return percent(some.filter(Boolean).length, some.length);
    };
    const techniques = sharesByTechnique(examples, flagged);
    const macro = techniques.reduce((sum, [, hits, total]) => sum + hits / total, 0) / techniques.length;
    lines.push(
      `held out by ${name}, ${level}: core macro average ${(100 * macro).toFixed(1)} %, core ${share(isCore)}, ` +
        `ordinary ${share((row) => isOrdinary(row) && row.tier !== 'files')}, other files ${share((row) => row.tier === 'files')}, ` +
        `code ${share((row) => row.tier === 'code')}, agent instructions ${share(isAgent)}, discusses ${share(isDiscussion)}`,
      `  ${techniques.map(([technique, hits, total]) => `${technique} ${hits}/${total}`).join(', ')}`,
    );
  }
  return lines;
}

function sharesByTechnique(examples, flagged) {
  const techniques = new Map();
  examples.forEach(({ row }, i) => {
    if (!isCore(row)) return;
    const [hits, total] = techniques.get(row.technique) ?? [0, 0];
    techniques.set(row.technique, [hits + (flagged[i] ? 1 : 0), total + 1]);
  });
  return [...techniques].sort().map(([technique, [hits, total]]) => [technique, hits, total]);
}
