import { setTimeout as delay } from 'node:timers/promises';

/** Resolves with a counter once it has stood still for half a second: whoever raises it is held up. */
export async function standsStill(read: () => number): Promise<number> {
  for (let before = -1, now = read(); ; before = now, now = read()) {
    if (before === now && now > 0) return now;
    await delay(500);
  }
}
