import { alphabets, memberships } from '../scan/alphabet.js';
import { drawn, strangeness } from '../scan-context/bigrams.js';

/** Sixteenths of a bit a letter pair, below which a value reads like words. */
export const wordlike = 70;
/** Of fewer letters that can't be told. */
const fewestDrawn = 14;
/** Behind a shorter prefix, letters alone say nothing. */
const shortestPrefix = 5;

/** Hardly a digit, and letter pairs as words have them: such a value may be a placeholder, however long. */
export const readsLikeWords = (bytes: Uint8Array, start: number, end: number): boolean =>
  !hasDigits(bytes, start, end, 4) && strangeness(bytes, start, end) < wordlike;

/**
 * A digit; or none by chance, as one in twenty-five tokens of twenty letters and digits has none. That counts behind a
 * prefix that is nobody else's.
 */
export const hasDigitOrMay = (bytes: Uint8Array, prefixLength: number, start: number, end: number): boolean =>
  hasDigits(bytes, start, end, 1) ||
  (prefixLength >= shortestPrefix && end - start >= fewestDrawn && isDrawn(bytes, start, end));

export const hasDigit = (bytes: Uint8Array, start: number, end: number): boolean =>
  hasDigits(bytes, start, end, 1);

function isDrawn(bytes: Uint8Array, start: number, end: number): boolean {
  let kinds = 0;
  for (let i = start; i < end; i += 1)
    kinds |= (memberships[bytes[i] as number] as number) & (alphabets.upper | alphabets.lower);
  return kinds === (alphabets.upper | alphabets.lower) && strangeness(bytes, start, end) >= drawn;
}

function hasDigits(bytes: Uint8Array, start: number, end: number, least: number): boolean {
  let seen = 0;
  for (let i = start; i < end && seen < least; i += 1) {
    const byte = bytes[i] as number;
    if (byte >= 0x30 && byte <= 0x39) seen += 1;
  }
  return seen >= least;
}
