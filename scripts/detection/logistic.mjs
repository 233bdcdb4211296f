// Logistic regression over sparse yes-or-no features, by Adam on the whole set; deterministic.
export function fitLogistic(data, size, { penalty, rounds }) {
  const weights = new Float64Array(size + 1);
  const gradient = new Float64Array(size + 1);
  const first = new Float64Array(size + 1);
  const second = new Float64Array(size + 1);
  const total = data.reduce((sum, { weight }) => sum + weight, 0);
  for (let round = 1; round <= rounds; round += 1) {
    for (let i = 0; i < size; i += 1) gradient[i] = penalty * weights[i];
    gradient[size] = 0;
    for (const { features, target, weight } of data) {
      let sum = weights[size];
      for (const feature of features) sum += weights[feature];
      const error = ((1 / (1 + Math.exp(-sum)) - target) * weight) / total;
      for (const feature of features) gradient[feature] += error;
      gradient[size] += error;
    }
    const rate = 0.08;
    for (let i = 0; i <= size; i += 1) {
      first[i] = 0.9 * first[i] + 0.1 * gradient[i];
      second[i] = 0.999 * second[i] + 0.001 * gradient[i] * gradient[i];
      const step = first[i] / (1 - 0.9 ** round) / (Math.sqrt(second[i] / (1 - 0.999 ** round)) + 1e-10);
      weights[i] -= rate * step;
    }
  }
  return { bias: weights[size], weights: weights.subarray(0, size) };
}

export function scoreOf({ bias, weights }, features) {
  let sum = bias;
  for (const feature of features) sum += weights[feature];
  return 1 / (1 + Math.exp(-sum));
}
