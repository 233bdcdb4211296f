import type { Features } from './features.js';
import { contextBias, contextWeights } from './weights.js';

const weights = Float64Array.from(contextWeights);

/** The chance, 0 to 1, that a value with these features is a credential. */
export function chance({ of, count }: Features): number {
  let sum = contextBias;
  for (let i = 0; i < count; i += 1) sum += weights[of[i] as number] as number;
  return 1 / (1 + Math.exp(-sum));
}

/** From this chance on a value is reported: set so that real code and configuration hardly ever are. */
export const contextThreshold = 0.5;

/** The same where the text is known to hold a credential. */
export const thoroughThreshold = 0.05;
