// How many times better bot-bottle is than each other rig, and the comparison of a run with the stored one.

const tolerated = 0.75;

/** Above 1 the first is better. */
export function timesBetter(figure, ours, other) {
  return figure.better === 'higher' ? ours.median / other.median : other.median / ours.median;
}

/** Every ratio of a run: `{id, part, case, figure, ours, other, value, guard}`. */
function* ratiosOf(run) {
  for (const part of run.parts) {
    const ours = part.rigs.filter(({ kind }) => kind === 'ours');
    const others = part.rigs.filter(({ kind }) => kind !== 'ours');
    for (const benchCase of part.cases) {
      for (const [name, figure] of Object.entries(benchCase.figures)) {
        for (const mine of ours) {
          for (const other of others) {
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

/** The guarded ratios of `now` that are more than a quarter below the stored ones. */
export function fallen(stored, now) {
  const before = new Map([...ratiosOf(stored)].map((ratio) => [ratio.id, ratio.value]));
  return [...ratiosOf(now)]
    .filter(({ id, guard, value }) => guard && before.has(id) && value < before.get(id) * tolerated)
    .map((ratio) => ({ ...ratio, before: before.get(ratio.id) }));
}
