// How many times better bot-bottle is than each other rig, and the comparison of a run with the stored one.

import { median } from '../shared/statistics.mjs';

const tolerated = 0.75;

function times({ better }, ours, other) {
  return better === 'higher' ? ours / other : other / ours;
}

/** Above 1 the first is better. */
export function timesBetter(figure, ours, other) {
  return times(figure, ours.median, other.median);
}

/**
 * How many times better ours is, `{value, least, most}`, of the middle rounds. Taken within each round, in which both have met the host at about
 * the same speed; medians may stem from a quick round of the one and a slow one of the other. A table that was stored
 * before it told the rounds has the medians alone.
 */
function ratioWithin(figure, ours, other) {
  const rounds = (ours.rounds ?? [])
    .map((value, round) => times(figure, value ?? Number.NaN, other.rounds?.[round] ?? Number.NaN))
    .filter(Number.isFinite);
  if (rounds.length === 0) rounds.push(timesBetter(figure, ours, other));
  const middle = middleOf(rounds);
  return { value: median(rounds), least: middle[0], most: middle.at(-1) };
}

/** Without the quarter at either end: one round in which a peer stumbled is no spread. */
function middleOf(rounds) {
  const sorted = [...rounds].sort((left, right) => left - right);
  const outer = Math.floor(sorted.length / 4);
  return sorted.slice(outer, sorted.length - outer);
}

/** Whether a ratio of these two rigs says anything: a rig of ours may name those it stands beside. */
export function areCompared(ours, other) {
  return other.kind !== 'ours' && (ours.beside?.includes(other.name) ?? true);
}

/** Every ratio of a run: `{id, part, case, figure, ours, other, value, least, most, guard}`. */
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
              ...ratioWithin(figure, left, right),
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

const nothing = { value: 0, most: 0 };
/** What is slower itself is lower beside each of the others, some of which were quicker or slower than usual. */
const lower = 0.9;

/**
 * The guarded ratios that are more than a quarter below the stored ones, with the stored one as `before`; 0 where our
 * rig failed. `beside`: the others that it is compared with in the same figure. `alone`: it isn't lower beside most of those,
 * so that the one peer is quicker than it was. `certain`: the middle rounds of both runs don't lie among each other; where
 * they do, it may be chance. What was not measured now (a peer that isn't there, a case left out) is not judged.
 */
export function fallen(stored, now) {
  const measured = new Map([...ratiosOf(now)].map((ratio) => [ratio.id, ratio]));
  const before = [...ratiosOf(stored)];
  const changes = before.flatMap((ratio) => {
    const lost = !measured.has(ratio.id) && wasTried(now, ratio) && isLost(now, ratio);
    const after = lost ? nothing : measured.get(ratio.id);
    return after ? [{ ratio, after, change: after.value / ratio.value }] : [];
  });
  return changes
    .filter(({ ratio, change }) => ratio.guard && change < tolerated)
    .map(({ ratio, after }) => {
      const others = changes.filter((one) => one.ratio !== ratio && isSameFigure(one.ratio, ratio));
      return {
        ...ratio,
        before: ratio.value,
        value: after.value,
        beside: others.map((one) => one.ratio.other),
        alone: others.filter(({ change }) => change < lower).length * 2 < others.length,
        certain: after.most < ratio.least,
      };
    });
}

const isSameFigure = (one, other) =>
  ['part', 'case', 'figure', 'ours'].every((field) => one[field] === other[field]);
