// The model of naive_injection_detection: logistic regression over the features of windows, of which only a text's most
// telling ones count as positive. Deterministic.
const seedOfOrder = 7;

/** AdaGrad, one window at a time; the answer is the mean over the second half of the rounds. */
function regress(data, size, { penalty = 1e-6, rounds = 12, rate = 0.4 } = {}) {
  const weights = new Float32Array(size + 1);
  const squares = new Float32Array(size + 1).fill(1e-3);
  const total = new Float64Array(size + 1);
  const mean = data.reduce((sum, { weight }) => sum + weight, 0) / data.length;
  const order = Uint32Array.from(data.keys());
  let state = seedOfOrder;
  for (let round = 0; round < rounds; round += 1) {
    for (let i = order.length - 1; i > 0; i -= 1) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const j = Math.floor((state / 2 ** 32) * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    for (const index of order) {
      const { features, norm, target, weight } = data[index];
      let sum = 0;
      for (let i = 0; i < features.length; i += 1) sum += weights[features[i]];
      const error = ((1 / (1 + Math.exp(-sum * norm - weights[size])) - target) * weight) / mean;
      if (Math.abs(error) < 1e-5) continue;
      for (let i = 0; i < features.length; i += 1) {
        const feature = features[i];
        const gradient = error * norm + penalty * weights[feature];
        squares[feature] += gradient * gradient;
        weights[feature] -= (rate * gradient) / Math.sqrt(squares[feature]);
      }
      squares[size] += error * error;
      weights[size] -= (rate * error) / Math.sqrt(squares[size]);
    }
    if (round >= rounds / 2) for (let i = 0; i <= size; i += 1) total[i] += weights[i];
  }
  const kept = rounds - Math.ceil(rounds / 2);
  return {
    weights: Float32Array.from(total.subarray(0, size), (sum) => sum / kept),
    bias: total[size] / kept,
  };
}

/** Log-odds of a window without the bias. */
function valueOfWindow(weights, { features, norm }) {
  let sum = 0;
  for (let i = 0; i < features.length; i += 1) sum += weights[features[i]];
  return sum * norm;
}

/** Log-odds of a text: of the most telling window of its views, each with the doubt that its length casts on it. */
export function oddsOf({ weights, bias }, { views }) {
  let best = -100;
  for (const { windows, doubt } of views)
    for (const window of windows) best = Math.max(best, valueOfWindow(weights, window) + bias - doubt);
  return best;
}

const weightOfTier = (tier) =>
  tier === 'discusses-injection'
    ? 0.15
    : tier === 'files'
      ? 0.1
      : tier.startsWith('agent-instructions')
        ? 4
        : 0.4;

/** A planted text of more windows than these waits until a first model can tell which of them is the planted one. */
const fewWindows = 6;

export function train(examples, size) {
  const perTechnique = new Map();
  for (const { row } of examples)
    if (row.technique) perTechnique.set(row.technique, (perTechnique.get(row.technique) ?? 0) + 1);
  let model = null;
  for (let round = 0; round < 3; round += 1) {
    const data = [];
    for (const { row, views } of examples) {
      const windows = views.flatMap((view) => view.windows);
      if (row.label === 'injection') {
        const weight = row.madeUp ? 1 : (row.core ? 6 : 1) / Math.sqrt(perTechnique.get(row.technique));
        if (!model && !row.madeUp && windows.length > fewWindows) continue;
        const chosen = model ? mostTelling(model.weights, windows, row.form === 'embedded') : windows;
        for (const window of chosen)
          data.push({ ...window, target: 1, weight: weight / Math.sqrt(chosen.length) });
      } else {
        // Most clean windows are far from the boundary; those that the last model thinks little of are thinned out.
        windows.forEach((window, i) => {
          if (model ? valueOfWindow(model.weights, window) + model.bias > -6 || i % 8 === 0 : i % 6 === 0)
            data.push({ ...window, target: 0, weight: weightOfTier(row.tier) });
        });
      }
    }
    model = regress(data, size);
  }
  return model;
}

/** The two most telling windows of a planted text, the better half of one that is nothing but the attack. */
function mostTelling(weights, windows, embedded) {
  const values = windows.map((window) => [valueOfWindow(weights, window), window]);
  values.sort((a, b) => b[0] - a[0]);
  return values
    .slice(0, embedded ? 2 : Math.max(2, Math.ceil(windows.length / 2)))
    .map(([, window]) => window);
}
