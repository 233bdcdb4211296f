import { visitBlocks } from './blocks.js';
import { injectionBias, injectionBlock, injectionScale, injectionTable, injectionWarn } from './weights.js';

const weights = Int8Array.from(Buffer.from(injectionTable, 'base64'));

/** From this score on a text is blocked; from half on it is worth a warning. */
export const blockScore = 0.8;
export const warnScore = 0.5;

/** Blocks of the longer of the two windows that end at every block; the shorter is the block alone. */
const longWindow = 3;
/** Added to the number of a window's features: a few telling words alone don't decide. */
const smoothing = 100;
/** A long text has more chances to look like an instruction: what its blocks, in multiples of these, take off, at most. */
const blocksPerDoubt = 5;
const doubt = 2;
const mostDoubt = 8;
/** Words about attacks, of so many kinds, that make a text one about them: it quotes what it warns of. */
const attackWords = 4;
const attackKinds = 2;

/** What {@link windowSpans} and the training agree on. @public for the training script */
export const windows = { longWindow, smoothing, attackWords, attackKinds } as const;

/** What the number of its blocks takes off the log-odds of a text's most telling window. @public for the training script */
export function doubtOf(blocks: number): number {
  return Math.min(mostDoubt, doubt * Math.log(1 + blocks / blocksPerDoubt));
}

/** Log-odds are stretched so that the two thresholds come to {@link warnScore} and {@link blockScore}. */
const stretch = Math.log(blockScore / (1 - blockScore)) / (injectionBlock - injectionWarn);

interface Instruction {
  readonly start: number;
  readonly end: number;
  /** 0 to 1. */
  readonly score: number;
}

/** Of the last windows of the text that is being looked at. */
const sums = new Float64Array(longWindow);
const counts = new Uint32Array(longWindow);
const starts = new Uint32Array(longWindow);

/** The place in a text that most speaks to an agent; null where there are no words. */
export function mostInstructive(bytes: Uint8Array): Instruction | null {
  sums.fill(0);
  counts.fill(0);
  let best = Number.NEGATIVE_INFINITY;
  let from = 0;
  let to = 0;
  const consider = (sum: number, count: number, start: number, end: number): void => {
    const value = sum / Math.sqrt(count + smoothing);
    if (value <= best) return;
    best = value;
    from = start;
    to = end;
  };
  const text = visitBlocks(bytes, (features, count, start, end, index) => {
    let sum = 0;
    for (let i = 0; i < count; i += 1) sum += weights[features[i] as number] as number;
    consider(sum, count, start, end);
    const slot = index % longWindow;
    sums[slot] = sum;
    counts[slot] = count;
    starts[slot] = start;
    if (index === 0) return;
    const first = index < longWindow ? 0 : (index + 1) % longWindow;
    let wideSum = 0;
    let wideCount = 0;
    for (let i = 0; i < longWindow; i += 1) {
      wideSum += sums[i] as number;
      wideCount += counts[i] as number;
    }
    consider(wideSum, wideCount, starts[first] as number, end);
  });
  if (best === Number.NEGATIVE_INFINITY) return null;
  const odds = best * injectionScale + injectionBias - doubtOf(text.blocks);
  const score = 1 / (1 + Math.exp(-(odds - injectionWarn) * stretch));
  const quoted = text.attackWords >= attackWords && text.attackKinds >= attackKinds;
  return { start: from, end: to, score: quoted ? Math.min(score, blockScore - 0.01) : score };
}
