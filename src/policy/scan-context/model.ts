import { entropyFeatures, type Features } from './features.js';
import { contextBias, contextWeights } from './weights.js';

/** Weights have two decimals: in whole hundredths their sum is exact, in whatever order. */
const perWeight = 100;
const weights = Int32Array.from(contextWeights, (weight) => Math.round(weight * perWeight));
const bias = Math.round(contextBias * perWeight);

const [firstEntropy, entropyCount] = entropyFeatures;
const mostOfEntropy = Math.max(...weights.subarray(firstEntropy, firstEntropy + entropyCount));

function weigh({ of, count }: Features): number {
  let sum = bias;
  for (let i = 0; i < count; i += 1) sum += weights[of[i] as number] as number;
  return sum;
}

const chanceOf = (sum: number): number => 1 / (1 + Math.exp(-sum / perWeight));

/** The chance, 0 to 1, that a value with these features is a credential. */
export const chance = (features: Features): number => chanceOf(weigh(features));

/** The most that the chance can come to by its entropy, which is not among these features. */
export const mostChance = (features: Features): number => chanceOf(weigh(features) + mostOfEntropy);

/** From this chance on a value is reported: set so that real code and configuration hardly ever are. */
export const contextThreshold = 0.5;

/** The same where the text is known to hold a credential. */
export const thoroughThreshold = 0.05;
