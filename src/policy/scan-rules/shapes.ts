import { alphabets, entropy, runEnd, runStart } from '../scan/alphabet.js';
import { afterEscape } from './body.js';

/** A long run of letters and digits that its own length and make-up give away, with no word around it. */
export interface Shape {
  readonly id: string;
  readonly score: number;
  /** Bytes before the run that belong to it. */
  readonly before?: number;
}

const twilioKinds = new Set([
  'AC',
  'AD',
  'AP',
  'CA',
  'CN',
  'IS',
  'MG',
  'MM',
  'PN',
  'RE',
  'SK',
  'SM',
  'VA',
  'ZS',
]);

/** Hexadecimal digits that all shapes but the last have in a row. */
const hexInRow = 32;

/** Whether one of the shapes can stand in a run: few bytes of a run that isn't hexadecimal are looked at. */
export function mayHoldShape(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start - 1] === 0x7c) return true;
  let from = start;
  while (from + hexInRow <= end) {
    const hexFrom = runStart(bytes, from + hexInRow, from, alphabets.lowerHex);
    if (hexFrom === from) return true;
    from = hexFrom;
  }
  return false;
}

/** Names the run `[start, end)` when it is such a value; costs a look at its length for nearly all runs. */
export function shapeOf(bytes: Uint8Array, start: number, end: number): Shape | null {
  const length = end - start;
  if (length === 34 && isTwilio(bytes, start, end) && entropy(bytes, start + 2, end).bits > 2.6)
    return { id: 'twilio-identifier', score: 0.7 };
  if (length === 50 && isMailgun(bytes, start)) return { id: 'mailgun-key', score: 0.9 };
  const app = length === 27 ? facebookApp(bytes, start) : 0;
  return app > 0 ? { id: 'facebook-app-token', score: 0.9, before: app } : null;
}

/** Names a run that is as a whole what its length and its beginning say, and where that begins; null for nearly all. */
export function wholeRun(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly id: string; readonly start: number } | null {
  const length = end - start;
  if (length === 44 && isPersonalToken(bytes, start, end))
    return { id: 'atlassian-data-center-token', start };
  if (length === 180 && isSanityToken(bytes, start, end)) return { id: 'sanity-token', start };
  if (length >= discordEnd[0] && length <= discordEnd[1] && bytes[start - 1] === 0x2e) {
    const first = discordStart(bytes, start);
    if (first >= 0) return { id: 'discord-bot-token', start: first };
  }
  return null;
}

/** Sanity, 'API tokens': `sk` and 178 letters and digits. */
function isSanityToken(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    bytes[start] === 0x73 && bytes[start + 1] === 0x6b && runEnd(bytes, start, end, alphabets.alnum) === end
  );
}

/** Bytes of the last part of a Discord bot's token. */
const discordEnd = [27, 38] as const;
/** Bytes of a user's number, 17 to 19 digits in base64; some are written with fewer. */
const discordUser = [23, 28] as const;

/**
 * Where the token of a Discord bot begins whose last part begins at `last`; -1 where none does. Its first part is its
 * user's number in base64, its second a time (Discord, 'Reference', the token's structure as its libraries read it).
 */
function discordStart(bytes: Uint8Array, last: number): number {
  for (const middle of [6, 7]) {
    const dot = last - 2 - middle;
    if (bytes[dot] !== 0x2e || runEnd(bytes, dot + 1, last - 1, alphabets.dashed) !== last - 1) continue;
    const start = afterEscape(bytes, runStart(bytes, dot, dot - discordUser[1] - 1, alphabets.alnum));
    const length = dot - start;
    if (length < discordUser[0] || length > discordUser[1]) continue;
    if (beginsWithDigits(bytes, start) && entropy(bytes, start, last).bits >= 3.4) return start;
  }
  return -1;
}

/** The first letters are base64 of two digits. */
function beginsWithDigits(bytes: Uint8Array, start: number): boolean {
  const letters = Buffer.from(bytes.subarray(start, start + 4)).toString('latin1');
  return /^\d\d/.test(Buffer.from(letters, 'base64').toString('latin1'));
}

/**
 * Personal access tokens of Jira and Confluence, Data Center: base64 of a number of twelve digits, `:` and twenty bytes.
 * Unlike the shapes above it may have `+` and `/`, so it is asked of the run as a whole.
 */
function isPersonalToken(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start] as number;
  // `M`, `N` or `O`, as the base64 of a digit begins.
  if (first < 0x4d || first > 0x4f) return false;
  const text = Buffer.from(bytes.subarray(start, end)).toString('latin1');
  return /^\d{12}:/.test(Buffer.from(text, 'base64').toString('latin1'));
}

/** Two upper-case letters and 32 hexadecimal digits. */
function isTwilio(bytes: Uint8Array, start: number, end: number): boolean {
  if (runEnd(bytes, start + 2, end, alphabets.lowerHex) !== end) return false;
  return twilioKinds.has(String.fromCharCode(bytes[start] as number, bytes[start + 1] as number));
}

/** 32, 8 and 8 hexadecimal digits, joined by hyphens. */
function isMailgun(bytes: Uint8Array, start: number): boolean {
  return (
    runEnd(bytes, start, start + 32, alphabets.lowerHex) === start + 32 &&
    bytes[start + 32] === 0x2d &&
    runEnd(bytes, start + 33, start + 41, alphabets.lowerHex) === start + 41 &&
    bytes[start + 41] === 0x2d &&
    runEnd(bytes, start + 42, start + 50, alphabets.lowerHex) === start + 50
  );
}

/** How long the number of the application and its bar are, 13 to 17 digits, before the 27 bytes of its secret; 0 where they aren't. */
function facebookApp(bytes: Uint8Array, start: number): number {
  if (bytes[start - 1] !== 0x7c) return 0;
  const digits = start - 1 - runStart(bytes, start - 1, start - 19, alphabets.digit);
  return digits >= 13 && digits <= 17 ? digits + 1 : 0;
}
