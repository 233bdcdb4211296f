// How long inputs made to be slow take, beside clean text of their length; those that the budget refuses are as long as it lets them.
import { hostileTexts } from './hostile.mjs';
import { cleanTexts, once, rate } from './speed.mjs';

const size = 1 << 14;
/** Of so many the time is taken once more at the end: by then their code is compiled, and a pause hits no run of all. */
const tried = 40;

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
    measured.push({ name, speed, longer, text: slow ? text : null });
  }
  const bySpeed = (a, b) => a.speed - b.speed;
  measured.sort(bySpeed);
  for (const one of measured.slice(0, tried))
    if (one.text) one.speed = Math.max(one.speed, rate(scan, one.text, 40) * one.longer);
  measured.sort(bySpeed);
  return {
    size,
    median,
    slowestClean: clean[0],
    refused,
    measured: measured.map(({ name, speed }) => [name, speed]),
  };
}
