// Runs every case against every rig in interleaved rounds and joins the samples.
import { summarize } from '../shared/statistics.mjs';
import { makeBed } from './bed.mjs';
import { createNameSource, takeSample } from './sample.mjs';

const settings = {
  full: { rounds: 5, seconds: 0.4, warmUp: 0.2, longWarmUp: 1.5 },
  quick: { rounds: 3, seconds: 0.15, warmUp: 0.05, longWarmUp: 1.5 },
};

/** Each round begins with another rig, so that none is always the first after a pause. */
function rotated(list, by) {
  return [...list.slice(by % list.length), ...list.slice(0, by % list.length)];
}

function add(parts) {
  return parts.reduce((sum, part) => sum + part, 0);
}

function join(benchCase, samples) {
  const good = samples.filter(({ failure }) => failure === undefined);
  const figures = {};
  for (const name of Object.keys(benchCase.figures)) {
    const rounds = samples.map((sample) => (Number.isFinite(sample[name]) ? sample[name] : null));
    if (rounds.some((value) => value !== null)) figures[name] = summarize(rounds);
  }
  const seconds = add(samples.map((sample) => sample.seconds));
  const cpu = (part) => add(samples.map((sample) => sample.cpu[part]));
  const each = good.filter(({ work }) => work > 0).map(({ cpu: used, work }) => (used.proxy / work) * 1e6);
  return {
    figures,
    seconds,
    errors: add(samples.map((sample) => sample.errors ?? 0)),
    failure: samples.find(({ failure }) => failure !== undefined)?.failure ?? null,
    cores: Object.fromEntries(
      ['proxy', 'client', 'upstream', 'others'].map((part) => [part, cpu(part) / seconds]),
    ),
    proxyMicrosecondsEach: each.length > 0 ? summarize(each).median : null,
    peakMegabytes: Math.max(...samples.map((sample) => sample.peak)),
  };
}

async function oneRound(bed, { rigs, cases, round, seconds, quick, names, say }, onSample) {
  for (const benchCase of cases) {
    if (quick && benchCase.rounds !== undefined ? round > 0 : benchCase.rounds <= round) continue;
    const wanted = rotated(rigs, Math.max(round, 0)).filter((rig) => benchCase.rigs?.(rig) ?? true);
    for (const rig of wanted) {
      const take = () => takeSample(bed, rig, benchCase, { seconds, quick, newHosts: names(rig) });
      let sample = await take();
      if (sample.stoodStill > 0) {
        say(`  ${rig.name}, ${benchCase.name}: the machine stood still, measuring again`);
        sample = await take();
      }
      if (sample.failure) say(`  ${rig.name}, ${benchCase.name}: ${sample.failure}`);
      onSample(rig, benchCase, sample);
    }
  }
}

/** Names of the rigs that lead to a server which they can't know: what they spare, the others pay. */
async function trusting(bed, rigs) {
  const names = [];
  for (const rig of rigs.filter(({ kind }) => kind !== 'limit')) {
    const trusts = await bed.trustsStrangers(rig).catch(() => false);
    if (trusts) names.push(rig.name);
  }
  return names;
}

export async function runCases({ rigs, cases, quick, rounds, profile, say }) {
  const { rounds: usual, seconds, warmUp, longWarmUp } = quick ? settings.quick : settings.full;
  const wanted = rounds ?? usual;
  const samples = new Map();
  const bed = await makeBed({ profile });
  let unverified;
  try {
    unverified = await trusting(bed, rigs);
    const names = createNameSource(bed.newHosts);
    const shared = { rigs, cases, quick, names, say };
    const repeated = cases.filter((benchCase) => benchCase.rounds === undefined);
    // A runtime that compiles as it goes is at its speed only after some thousand requests.
    // The case that is for it may have been left out; then each does it for itself.
    const isThere = repeated.some(({ warmsUp, ownProcesses }) => warmsUp && !ownProcesses);
    const first = repeated.filter(({ warmsUp }) => warmsUp || !isThere);
    await oneRound(bed, { ...shared, cases: first, round: -1, seconds: longWarmUp }, () => {});
    await oneRound(bed, { ...shared, cases: repeated, round: -1, seconds: warmUp, quick: true }, () => {});
    for (let round = 0; round < wanted; round += 1) {
      say(`round ${round + 1} of ${wanted}`);
      await oneRound(bed, { ...shared, round, seconds }, (rig, benchCase, sample) => {
        const key = `${benchCase.name}\0${rig.name}`;
        samples.set(key, [...(samples.get(key) ?? []), sample]);
      });
    }
  } finally {
    await bed.stop();
  }
  const all = [...samples.values()].flat();
  const busyElsewhere = add(all.map(({ cpu }) => cpu.others)) / add(all.map((sample) => sample.seconds));
  const results = cases.map((benchCase) => ({
    name: benchCase.name,
    title: benchCase.title,
    figures: benchCase.figures,
    results: Object.fromEntries(
      rigs
        .filter((rig) => samples.has(`${benchCase.name}\0${rig.name}`))
        .map((rig) => [rig.name, join(benchCase, samples.get(`${benchCase.name}\0${rig.name}`))]),
    ),
  }));
  return { rounds: wanted, cases: results, busyElsewhere, unverified };
}
