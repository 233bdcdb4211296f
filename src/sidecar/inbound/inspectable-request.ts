import { codings } from './decoder.js';

/** Bytes of a range that may begin anywhere: a shorter one could bring a value piece by piece. */
export const shortestRange = 1024;

/**
 * Asks only for answers that can be looked at: in content codings that can be undone, whole or in one long range,
 * and as themselves (RFC 3229 would send a difference).
 *
 * @param headers names and values in turn, changed in place
 */
export function askForInspectable(headers: string[]): void {
  let hasRange = false;
  for (let index = headers.length - 2; index >= 0; index -= 2) {
    const name = headers[index]?.toLowerCase();
    const value = headers[index + 1] ?? '';
    if (name === 'a-im' || (name === 'range' && !isLongRange(value))) headers.splice(index, 2);
    else if (name === 'range') hasRange = true;
  }
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() !== 'accept-encoding') continue;
    headers[index + 1] = hasRange ? 'identity' : acceptable(headers[index + 1] ?? '');
  }
}

function acceptable(value: string): string {
  const members = value
    .split(',')
    .map((member) => member.trim())
    .filter((member) => codings.has(member.split(';', 1)[0]?.trim().toLowerCase() ?? ''));
  return members.length > 0 ? members.join(', ') : 'identity';
}

/** One range, from the start or long enough or to the end; any other header is as good as none (RFC 9110, 14.2). */
function isLongRange(value: string): boolean {
  const parts = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(value.trim());
  if (!parts) return false;
  const [, first = '', last = ''] = parts;
  return Number(first) === 0 || last === '' || Number(last) - Number(first) + 1 >= shortestRange;
}
