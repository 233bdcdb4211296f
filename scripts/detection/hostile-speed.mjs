// How long inputs made to be slow take, beside clean text of their length; those that the budget refuses are as long as it lets them.
import { hostileTexts } from './hostile.mjs';
import { cleanTexts, once, rate } from './speed.mjs';

const size = 1 << 14;

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
    const best = value < median / 5 ? rate(scan, text, 8) : value;
    // Of what is packed, by what comes out: that is scanned too.
    measured.push([name, (best * comesTo) / text.length]);
  }
  measured.sort((a, b) => a[1] - b[1]);
  return { size, median, slowestClean: clean[0], refused, measured };
}
