import { headerOf } from './answer-headers.js';
import { codings } from './decoder.js';
import { parseRange, widenedRange } from './part.js';

/**
 * Asks only for answers that can be looked at: in content codings that can be undone, whole or in one range with what
 * surrounds it, and as themselves (RFC 3229 would send a difference).
 *
 * @param headers names and values in turn, changed in place
 */
export function askForInspectable(headers: string[]): void {
  const range = parseRange(headerOf(headers, 'range'));
  for (let index = headers.length - 2; index >= 0; index -= 2) {
    const name = headers[index]?.toLowerCase();
    if (name === 'range' && range) headers[index + 1] = widenedRange(range);
    else if (name === 'a-im' || name === 'range') headers.splice(index, 2);
  }
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() !== 'accept-encoding') continue;
    headers[index + 1] = range ? 'identity' : acceptable(headers[index + 1] ?? '');
  }
}

function acceptable(value: string): string {
  const members = value
    .split(',')
    .map((member) => member.trim())
    .filter((member) => codings.has(member.split(';', 1)[0]?.trim().toLowerCase() ?? ''));
  return members.length > 0 ? members.join(', ') : 'identity';
}
