/** So many at once; the others wait in their order, and may leave. */
export interface Turns {
  /**
   * Calls when there is room, at once where there is; `end` gives the room back. Answers what leaves the wait, true
   * where it was still one; null: there was none.
   */
  take(call: (end: () => void) => void): (() => boolean) | null;
  /** Those that wait. */
  readonly waiting: () => number;
}

export function createTurns(most: number): Turns {
  const waiting = new Set<() => void>();
  let taken = 0;

  function begin(call: (end: () => void) => void): void {
    let over = false;
    taken += 1;
    call(() => {
      if (over) return;
      over = true;
      taken -= 1;
      const [next] = waiting;
      if (!next || taken >= most) return;
      waiting.delete(next);
      next();
    });
  }

  return {
    take(call) {
      if (taken < most) {
        begin(call);
        return null;
      }
      const wait = () => begin(call);
      waiting.add(wait);
      return () => waiting.delete(wait);
    },
    waiting: () => waiting.size,
  };
}
