// Numbers, choices and values that are random, and the same ones in every run.
import { createHash } from 'node:crypto';

/** Numbers from 0 to 1 that only the seed decides. */
export function numbersFor(seed) {
  let drawn = 0;
  return () => {
    drawn += 1;
    return createHash('sha256').update(`${seed} ${drawn}`).digest().readUInt32LE() / 2 ** 32;
  };
}

export const pick = (list, random) => list[Math.floor(random() * list.length)];

export const randomOf = (set, length, random) => Array.from({ length }, () => pick(set, random)).join('');
