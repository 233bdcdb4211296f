import { injectionBias, injectionBlock, injectionScale, injectionTable, injectionWarn } from './weights.js';
import { visitWindows } from './windows.js';

const weights = Int8Array.from(Buffer.from(injectionTable, 'base64'));

/** From this score on a text is blocked; from half on it is worth a warning. @public for whoever decides on it */
export const blockScore = 0.8;
export const warnScore = 0.5;

/** Log-odds of the model are stretched so that its two thresholds come to {@link warnScore} and {@link blockScore}. */
const stretch = Math.log(blockScore / (1 - blockScore)) / (injectionBlock - injectionWarn);

/** The window of a text that most speaks to an agent, and its score, 0 to 1. */
export function mostInstructive(bytes: Uint8Array): { start: number; end: number; score: number } | null {
  let best = Number.NEGATIVE_INFINITY;
  let place = { start: 0, end: 0 };
  visitWindows(bytes, (window, features, count) => {
    let sum = 0;
    for (let i = 0; i < count; i += 1) sum += weights[features[i] as number] as number;
    if (sum <= best) return;
    best = sum;
    place = window;
  });
  if (best === Number.NEGATIVE_INFINITY) return null;
  const odds = best * injectionScale + injectionBias;
  return { ...place, score: 1 / (1 + Math.exp(-(odds - injectionWarn) * stretch)) };
}
