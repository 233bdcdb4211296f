/**
 * What one message may cost: bytes looked at, its own and those of every view.
 * Beyond it the scan ends as `over-budget`, and the caller refuses the message.
 */
export interface Budget {
  remaining: number;
}

/** Views of clean text come to a fraction of it; nested encodings made to be costly come to more than six times. */
const factor = 12;
const floor = 1 << 20;

export function budgetFor(byteLength: number): Budget {
  return { remaining: floor + byteLength * factor };
}

/** Takes `bytes` from the budget; false when that is more than is left. */
export function spend(budget: Budget, bytes: number): boolean {
  budget.remaining -= bytes;
  return budget.remaining >= 0;
}
