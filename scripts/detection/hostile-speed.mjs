// How long inputs made to be slow take, beside clean text of their length; those that the budget refuses are as long as it lets them.
import { hostileTexts } from './hostile.mjs';
import { cleanTexts, once, rate } from './speed.mjs';

const size = 1 << 14;
/** So many of the slowest are measured again and again, each so often, before they are told. */
const told = 40;
const oftenEnough = 8;
/** Rounds of that; in each some others come among the slowest. */
const mostRounds = 100;

/** MB a second: the median of the kinds of clean text, their slowest, and each hostile input by name, slowest first. One in `every` is tried. */
export function hostileSpeed(scan, keywords, every = 1) {
  const clean = cleanTexts(size)
    .map(([, text]) => rate(scan, text, 40))
    .sort((a, b) => a - b);
  const median = clean[clean.length >> 1];
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
    measured.push({ name, speed, longer, times: 0, text: slow ? text : null });
  }
  settle(measured, scan);
  return {
    size,
    median,
    slowestClean: clean[0],
    refused,
    measured: measured.map(({ name, speed }) => [name, speed]),
  };
}

/**
 * Sorts by speed, and measures the slowest once more until none of them is one that was measured seldom: a processor that
 * is shared runs at half its speed for a while, and whoever is measured then looks slow.
 */
function settle(measured, scan) {
  for (let round = 0; round < mostRounds; round += 1) {
    measured.sort((a, b) => a.speed - b.speed);
    const seldom = measured.slice(0, told).filter(({ text, times }) => text && times < oftenEnough);
    if (seldom.length === 0) return;
    for (const one of seldom) {
      one.speed = Math.max(one.speed, rate(scan, one.text, 10) * one.longer);
      one.times += 1;
    }
  }
}
