// The labelled texts as the context model sees them: every candidate of every view, with its features, and the fold.
import { assignmentRows } from './assignments.mjs';
import { readCorpus } from './corpora.mjs';
import { loadModule } from './load.mjs';
import { prefixRows } from './prefix-rows.mjs';
import { providerRows } from './provider-rows.mjs';

const { createScanner } = await loadModule('src/policy/scan/scanner.ts');
const { contextCandidates, lookForTokens } = await loadModule('src/policy/scan-rules/look.ts');
const { isPlaceholder } = await loadModule('src/policy/scan-rules/placeholder.ts');

const detector = (look) => ({
  name: 'x',
  summary: '',
  direction: 'outbound',
  decodes: true,
  prepare: () => look,
});
const scannerOf = (look) => createScanner([detector(look)], { knownSecrets: [] });

let collected = [];
const candidates = scannerOf((view) => {
  contextCandidates(view.bytes, ({ start, end }, features) => {
    if (isPlaceholder(view.bytes, start, end)) return;
    const [from, to] = view.origin(start, end);
    const text = view.bytes.toString('latin1', start, end);
    collected.push({ features, start: from, end: to, text });
  });
});
const rules = scannerOf((view, scene, report) => {
  lookForTokens(view, scene, (sighting) => {
    if (sighting.class === 'structured') report(sighting);
  });
});

/** Candidates of a clean text of which nothing else is wanted. */
export function candidatesIn(bytes, visit) {
  contextCandidates(bytes, ({ start, end }, features) => {
    if (!isPlaceholder(bytes, start, end)) visit(features);
  });
}

/** @returns examples of both corpora; those of one file, rule or project are of one group. */
export function readExamples() {
  const rows = readCorpus('secrets');
  const prose = readCorpus('injection');
  if (!rows || !prose) return null;
  // Texts of repositories that hold scanners' samples are full of secrets, whatever the other corpus calls them.
  const scanners = new Set(rows.filter(isSample).map(repository));
  const clean = prose.filter(
    (row) => row.label === 'clean' && row.tier !== 'discusses-injection' && !scanners.has(repository(row)),
  );
  return [
    ...rows,
    ...assignmentRows(),
    ...providerRows(),
    ...prefixRows(),
    ...clean.map(({ text, source }) => ({ text, source, label: 'clean', tier: 'prose' })),
  ].map(toExample);
}

const isSample = ({ tier }) => tier === 'rule-tp' || tier === 'near-miss';
const repository = ({ source }) => source.split(':')[0];

function toExample(row) {
  const bytes = Buffer.from(row.text);
  const secrets = (row.secret ?? []).map((value) => {
    const at = bytes.indexOf(value);
    return [at, at + Buffer.byteLength(value)];
  });
  collected = [];
  candidates.scan(bytes, 'body');
  const found = collected.map((candidate) => ({
    ...candidate,
    hit: secrets.some(([from, to]) => candidate.start < to && candidate.end > from),
  }));
  const structured = rules.scan(bytes, 'body').findings.length > 0;
  // Where a provider's rule finds something, the row says nothing about the context.
  const positive = row.label === 'secret' && (row.class === 'contextual' || !structured);
  return { row, candidates: found, labelled: secrets.length > 0, structured, positive, group: groupOf(row) };
}

/** A project of real code, or a file of a scanner's. */
const groupOf = ({ source }) =>
  source.startsWith('Samsung/CredData:') ? source.split('@')[0] : source.replace(/#.*$/, '');

/** Which of `folds` folds a group is in, when they are cut as `seed` says. */
export const foldOfGroup = (group, seed, folds) => hash(`${seed} ${group}`) % folds;

function hash(text) {
  let value = 7;
  for (const character of text) value = (value * 31 + character.charCodeAt(0)) >>> 0;
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d) >>> 0;
  return (value ^ (value >>> 12)) >>> 0;
}
