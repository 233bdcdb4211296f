// The proxy beside what a user would pick instead: throughput, latency, memory; see proxy/rigs and proxy/cases.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCases } from './proxy/run.mjs';
import { readPlugins } from './shared/plugins.mjs';

const here = fileURLToPath(new URL('./proxy', import.meta.url));
const kinds = ['limit', 'ours', 'peer'];

function chosen(list, names) {
  return names ? list.filter(({ name }) => names.includes(name)) : list;
}

function withoutFullFigures(benchCase) {
  const figures = Object.entries(benchCase.figures).filter(([, { full }]) => !full);
  return { ...benchCase, figures: Object.fromEntries(figures) };
}

/** What a reader must know about the figures. */
function notesOn({ busyElsewhere, unverified }) {
  const notes = [
    'Every answer was counted at the upstream, which lets nobody keep one; each proxy decrypts, or the client would not trust it.',
  ];
  if (unverified.length > 0)
    notes.push(`Takes any certificate for the upstream's, which spares it work: ${unverified.join(', ')}.`);
  // Ratios bear some of it, since rounds are interleaved; absolute figures don't.
  if (busyElsewhere >= 0.2)
    notes.push(
      `Other processes of the machine used ${busyElsewhere.toFixed(1)} cores meanwhile: the figures are disturbed.`,
    );
  return notes;
}

export async function measure({ quick, only = {}, rounds, profile, say }) {
  const known = chosen(await readPlugins(join(here, 'rigs')), only.rigs).filter(
    (rig) => !(quick && rig.full) || only.rigs,
  );
  known.sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || a.name.localeCompare(b.name));
  const rigs = known.filter((rig) => rig.missing() === null);
  const absent = known
    .filter((rig) => rig.missing() !== null)
    .map((rig) => ({ name: rig.name, title: rig.title, missing: rig.missing() }));
  for (const { title, missing } of absent) say(`left out: ${title} (${missing}: --install-peers gets it)`);
  const cases = chosen(await readPlugins(join(here, 'cases')), only.cases)
    .filter((benchCase) => !(quick && benchCase.full))
    .map((benchCase) => (quick ? withoutFullFigures(benchCase) : benchCase))
    .sort((a, b) => a.order - b.order);
  if (cases.length === 0 || rigs.length === 0) return null;
  const taken = await runCases({ rigs, cases, quick, rounds, profile, say });
  return {
    name: 'proxy',
    title: 'The proxy',
    rounds: taken.rounds,
    rigs: rigs.map(({ name, title, kind, detectors, version }) => ({
      ...{ name, title, kind, detectors, version: version() },
    })),
    absent,
    cases: taken.cases,
    busyElsewhere: taken.busyElsewhere,
    notes: notesOn(taken),
  };
}
