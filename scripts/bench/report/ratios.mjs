// How many times better bot-bottle is than each other rig, and the comparison of a run with the stored one.

const tolerated = 0.75;

/** Above 1 the first is better. */
export function timesBetter(figure, ours, other) {
  return figure.better === 'higher' ? ours.median / other.median : other.median / ours.median;
}

/** Whether a ratio of these two rigs says anything: a rig of ours may name those it stands beside. */
export function areCompared(ours, other) {
  return other.kind !== 'ours' && (ours.beside?.includes(other.name) ?? true);
}

/** Every ratio of a run: `{id, part, case, figure, ours, other, value, guard}`. */
function* ratiosOf(run) {
  for (const part of run.parts) {
    const ours = part.rigs.filter(({ kind }) => kind === 'ours');
    for (const benchCase of part.cases) {
      for (const [name, figure] of Object.entries(benchCase.figures)) {
        for (const mine of ours) {
          for (const other of part.rigs.filter((rig) => areCompared(mine, rig))) {
            const left = benchCase.results[mine.name]?.figures[name];
            const right = benchCase.results[other.name]?.figures[name];
            if (!left || !right) continue;
            yield {
              id: [part.name, benchCase.name, name, mine.name, other.name].join(' / '),
              part: part.name,
              case: benchCase.name,
              figure: name,
              ours: mine.name,
              other: other.name,
              value: timesBetter(figure, left, right),
              guard: figure.guard !== false,
            };
          }
        }
      }
    }
  }
}

/** Whether `now` has measured that case with both rigs, as far as they could be. */
function wasTried(now, { part, case: caseName, ours, other }) {
  const measured = now.parts.find(({ name }) => name === part);
  const has = (rig) => measured?.rigs.some(({ name }) => name === rig);
  return measured?.cases.some(({ name }) => name === caseName) && has(ours) && has(other);
}

/** A ratio that is gone because our rig has no figure any more. */
function isLost(now, { part, case: caseName, figure, ours, other }) {
  const { results } = now.parts.find(({ name }) => name === part).cases.find(({ name }) => name === caseName);
  return results[other]?.figures[figure] !== undefined && results[ours]?.figures[figure] === undefined;
}

/** How many guarded ratios stand in both runs. */
export function countCompared(stored, now) {
  const before = new Set([...ratiosOf(stored)].map(({ id }) => id));
  return [...ratiosOf(now)].filter(({ id, guard }) => guard && before.has(id)).length;
}

/**
 * The guarded ratios that are more than a quarter below the stored ones, with the stored one as `before`; 0 where our
 * rig failed. What was not measured now (a peer that isn't there, a case left out) is not judged.
 */
export function fallen(stored, now) {
  const values = new Map([...ratiosOf(now)].map((ratio) => [ratio.id, ratio.value]));
  return [...ratiosOf(stored)].flatMap((ratio) => {
    const { id, guard, value: before } = ratio;
    if (!guard) return [];
    const lost = !values.has(id) && wasTried(now, ratio) && isLost(now, ratio);
    const value = lost ? 0 : values.get(id);
    return value < before * tolerated ? [{ ...ratio, before, value }] : [];
  });
}
