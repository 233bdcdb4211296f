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

/** Ratios bear some of it, since rounds are interleaved; absolute figures don't. */
function noteOn(busyElsewhere) {
  if (busyElsewhere < 0.2) return null;
  return `Other processes of the machine used ${busyElsewhere.toFixed(1)} cores meanwhile: the figures are disturbed.`;
}

export async function measure({ quick, only = {}, rounds, profile, say }) {
  const known = chosen(await readPlugins(join(here, 'rigs')), only.rigs);
  known.sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || a.name.localeCompare(b.name));
  const rigs = known.filter((rig) => rig.missing() === null);
  const absent = known
    .filter((rig) => rig.missing() !== null)
    .map((rig) => ({ name: rig.name, title: rig.title, missing: rig.missing() }));
  for (const { title, missing } of absent) say(`left out: ${title} (${missing}: --install-peers gets it)`);
  const cases = chosen(await readPlugins(join(here, 'cases')), only.cases)
    .filter((benchCase) => !(quick && benchCase.full))
    .sort((a, b) => a.order - b.order);
  const {
    rounds: taken,
    cases: results,
    busyElsewhere,
  } = await runCases({ rigs, cases, quick, rounds, profile, say });
  return {
    name: 'proxy',
    title: 'The proxy',
    rounds: taken,
    rigs: rigs.map((rig) => ({ name: rig.name, title: rig.title, kind: rig.kind, version: rig.version() })),
    absent,
    cases: results,
    busyElsewhere,
    note: noteOn(busyElsewhere),
  };
}
