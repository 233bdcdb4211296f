// The regression guard: a run's ratios beside the stored ones.
import { countCompared, fallen } from './ratios.mjs';

/** Cores that others may use meanwhile; beyond it a fall says more about them. */
const undisturbed = 0.5;

/**
 * Ratios that fell are measured once more, by themselves, with `again({ parts, cases, rigs })`, which answers another run. Returns the
 * process's exit code: 1 where one fell both times or none could be compared, 2 where the machine was too busy to tell.
 */
export async function check(stored, first, { again, say }) {
  let missing = fallen(stored, first);
  const compared = countCompared(stored, first);
  if (missing.length === 0 && compared === 0) {
    say('check: failed: nothing of this run stands in the stored table');
    return 1;
  }
  if (missing.length > 0) {
    say(`${missing.length} ratios fell by more than a quarter: measuring those cases once more`);
    const distinct = (...fields) => [
      ...new Set(missing.flatMap((ratio) => fields.map((field) => ratio[field]))),
    ];
    const rigs = distinct('ours', 'other');
    const second = await again({ parts: distinct('part'), cases: distinct('case'), rigs });
    const still = new Set(fallen(stored, second).map(({ id }) => id));
    missing = missing.filter(({ id }) => still.has(id));
  }
  for (const { id, before, value } of missing)
    say(`fell: ${id}: ${before.toFixed(2)}× → ${value.toFixed(2)}×`);
  if (missing.length === 0) {
    say(`check: none of ${compared} ratios fell by more than a quarter`);
    return 0;
  }
  const busy = first.parts.map(({ busyElsewhere = 0 }) => busyElsewhere).find((used) => used > undisturbed);
  say(
    busy === undefined
      ? 'check: failed'
      : `check: not judged, other processes of the machine used ${busy.toFixed(1)} cores meanwhile`,
  );
  return busy === undefined ? 1 : 2;
}
