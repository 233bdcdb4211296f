// Medians, quantiles and how numbers are written.

/** Nearest rank: `share` 0.5 is the median of an odd count. */
export function quantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export function median(values) {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Median, least and most of some rounds, and the spread: half of the way from least to most, as a share of the median.
 * `rounds` has the value of each, null where there was none, so that two rigs can be compared round by round.
 */
export function summarize(rounds) {
  const values = rounds.filter(Number.isFinite);
  const least = Math.min(...values);
  const most = Math.max(...values);
  const middle = median(values);
  const spread = middle === 0 ? 0 : (most - least) / 2 / Math.abs(middle);
  return { median: middle, least, most, spread, rounds };
}

/** Three digits that count, with thousands parted: 14,700; 1.23; 0.043. */
export function digits(value) {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.floor(Math.log10(Math.abs(value)));
  if (size >= 2) {
    const step = 10 ** (size - 2);
    return (Math.round(value / step) * step).toLocaleString('en-US', { maximumFractionDigits: 0 });
  }
  return value.toFixed(2 - size);
}
