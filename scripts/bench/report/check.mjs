// The regression guard: a run's ratios beside the stored ones.
import { countCompared, fallen } from './ratios.mjs';

/** Cores that others may use meanwhile; beyond it a fall says more about them. */
const undisturbed = 0.5;

/** So often what fell is measured by itself, in new processes: of a hundred ratios some fall by chance, but not the same ones each time. */
const looks = 2;

const distinct = (ratios, ...fields) => [
  ...new Set(ratios.flatMap((ratio) => fields.flatMap((field) => ratio[field]))),
];

/** The later of two looks at one, with what either tells. */
const both = (before, after) => ({
  ...after,
  certain: before.certain || after.certain,
  alone: before.alone || after.alone,
});

/** It is ours that is slower, and more so than the rounds scatter. */
const isTold = ({ certain, alone }) => certain && !alone;

function why({ certain, alone, other }) {
  if (alone) return ` (beside ${other} alone)`;
  return certain ? '' : ' (scattered)';
}

/** The ratios that fell in the first run and in each one after it, and all those runs. */
async function lookAgain(stored, first, { again, say }) {
  const runs = [first];
  let missing = fallen(stored, first);
  while (missing.length > 0 && runs.length <= looks) {
    say(`${missing.length} ratios fell by more than a quarter: measuring those cases once more`);
    const rigs = distinct(missing, 'ours', 'other', 'beside');
    const run = await again({ parts: distinct(missing, 'part'), cases: distinct(missing, 'case'), rigs });
    runs.push(run);
    const still = new Map(fallen(stored, run).map((ratio) => [ratio.id, ratio]));
    missing = missing.filter(({ id }) => still.has(id)).map((ratio) => both(ratio, still.get(ratio.id)));
  }
  return { missing, runs };
}

/**
 * Ratios that fell are measured again, by themselves, with `again({ parts, cases, rigs })`, which answers another run. Returns
 * the process's exit code: 1 where one fell each time or none could be compared, 2 where that can't be told: the machine
 * was too busy, or what fell scattered too much or fell beside one peer alone.
 */
export async function check(stored, first, { again, say }) {
  const compared = countCompared(stored, first);
  const { missing, runs } = await lookAgain(stored, first, { again, say });
  if (missing.length === 0 && compared === 0) {
    say('check: failed: nothing of this run stands in the stored table');
    return 1;
  }
  if (missing.length === 0) {
    say(`check: none of ${compared} ratios fell by more than a quarter`);
    return 0;
  }
  for (const ratio of missing)
    say(`fell: ${ratio.id}: ${ratio.before.toFixed(2)}× → ${ratio.value.toFixed(2)}×${why(ratio)}`);
  const busy = Math.max(...runs.flatMap(({ parts }) => parts.map(({ busyElsewhere = 0 }) => busyElsewhere)));
  if (busy > undisturbed) {
    say(`check: not judged, other processes of the machine used ${busy.toFixed(1)} cores meanwhile`);
    return 2;
  }
  if (!missing.some(isTold)) {
    say(
      'check: not judged, what fell scattered as much, or fell beside one other alone: that one is quicker now',
    );
    return 2;
  }
  say('check: failed');
  return 1;
}
