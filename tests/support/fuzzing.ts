/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export type Random = () => number;

/** A program part that must stand any input: how to make one, and what must hold for it. */
export interface FuzzTarget<Case> {
  readonly summary: string;
  makeCase(random: Random): Case;
  /** Throws when what must hold doesn't. */
  check(value: Case): void | Promise<void>;
  /** The case as text that can be pasted into a test. */
  show(value: Case): string;
  /** Ends what the checks started. */
  close?(): Promise<void>;
}

export interface FuzzLimits {
  readonly seed: number;
  readonly cases: number;
  /** For all cases together. */
  readonly milliseconds: number;
}

export interface FuzzResult {
  readonly cases: number;
  readonly slowest: { readonly seed: number; readonly milliseconds: number };
}

/** Case number n is made from the seed plus n, so that a failure is repeated with that seed and one case. */
export async function runFuzz<Case>(target: FuzzTarget<Case>, limits: FuzzLimits): Promise<FuzzResult> {
  const began = performance.now();
  let slowest = { seed: limits.seed, milliseconds: 0 };
  let cases = 0;
  while (cases < limits.cases && performance.now() - began < limits.milliseconds) {
    const seed = limits.seed + cases;
    const value = target.makeCase(randomOf(seed));
    const started = performance.now();
    try {
      await target.check(value);
    } catch (cause) {
      const reason = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
      throw new Error(`seed ${seed} fails: ${reason}\nthe case:\n${target.show(value)}`, { cause });
    }
    const milliseconds = performance.now() - started;
    if (milliseconds > slowest.milliseconds) slowest = { seed, milliseconds };
    cases += 1;
  }
  return { cases, slowest };
}

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

export function upTo(random: Random, most: number): number {
  return Math.floor(random() * (most + 1));
}
