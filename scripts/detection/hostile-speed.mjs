// How long inputs made to be slow take, beside clean text of their length; those that the budget refuses are as long as it lets them.
import { hostileTexts } from './hostile.mjs';
import { cleanTexts, once, rate } from './speed.mjs';

const size = 1 << 14;
/** So many of the slowest are measured again and again, each so often, before they are told. */
const told = 40;
const oftenEnough = 8;
/** Rounds of that; in each some others come among the slowest. */
const mostRounds = 100;

/**
 * MB a second of the usual kind of clean text (their median) and of the slowest hostile inputs, by name; how many times as
 * long as that clean text they take, measured beside each other, the longest first. One in `every` is tried.
 */
export function hostileSpeed(scan, keywords, every = 1) {
  const { text: usual, speed: median } = usualText(scan);
  const measured = [];
  let refused = 0;
  let index = 0;
  for (const [name, text, comesTo = text.length] of hostileTexts(keywords, size)) {
    index += 1;
    if (index % every !== 0) continue;
    let result;
    const value = once(() => {
      result = scan(text);
    }, text);
    if (result.outcome === 'over-budget') refused += 1;
    const slow = value < median / 5;
    // Of what is packed, by what comes out: that is scanned too.
    const longer = comesTo / text.length;
    const speed = (slow ? rate(scan, text, 8) : value) * longer;
    measured.push({ name, speed, longer, ratios: [], text: slow ? text : null });
  }
  settle(measured, scan, usual);
  return {
    size,
    median,
    refused,
    tried: measured.length,
    slowest: measured
      .slice(0, told)
      .filter(({ ratios }) => ratios.length > 0)
      .map(({ name, speed, ratios }) => ({ name, speed, times: middleOf(ratios) }))
      .sort((a, b) => b.times - a.times),
  };
}

/**
 * Sorts by speed, and measures the slowest once more until none of them is one that was measured seldom: a processor that
 * is shared runs at half its speed for a while, and whoever is measured then looks slow. For the same reason each is
 * compared with the usual clean text as that is at the same moment.
 */
function settle(measured, scan, usual) {
  for (let round = 0; round < mostRounds; round += 1) {
    measured.sort((a, b) => a.speed - b.speed);
    const seldom = measured.slice(0, told).filter(({ text, ratios }) => text && ratios.length < oftenEnough);
    if (seldom.length === 0) return;
    for (const one of seldom) {
      const { clean, hostile } = rateBeside(scan, usual, one.text);
      one.speed = Math.max(one.speed, hostile * one.longer);
      one.ratios.push(clean / (hostile * one.longer));
    }
  }
}

/** The kind of clean text of the middle speed, each measured in turn with the others. */
function usualText(scan) {
  const kinds = cleanTexts(size).map(([, text]) => ({ text, speed: 0 }));
  for (let run = 0; run < 100; run += 1)
    for (const kind of kinds)
      kind.speed = Math.max(
        kind.speed,
        once(() => scan(kind.text), kind.text),
      );
  return kinds.sort((a, b) => a.speed - b.speed)[kinds.length >> 1];
}

/**
 * The best of ten runs of each, in turn. A run of the clean text is as many scans of it as take about as long as one of
 * the hostile text: a tenth of a millisecond in which nobody disturbs the processor is found sooner than a whole one.
 */
function rateBeside(scan, usual, text) {
  const best = { clean: 0, hostile: 0 };
  let scans = 1;
  for (let run = 0; run < 10; run += 1) {
    const hostile = once(() => scan(text), text);
    const clean =
      scans *
      once(() => {
        for (let i = 0; i < scans; i += 1) scan(usual);
      }, usual);
    scans = Math.max(1, Math.round((clean * text.length) / (hostile * usual.length)));
    best.hostile = Math.max(best.hostile, hostile);
    best.clean = Math.max(best.clean, clean);
  }
  return best;
}

const middleOf = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
