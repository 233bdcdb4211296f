import { shortestJoin } from './joined.js';
import { type JoinedText, joinEnds } from './json-strings.js';

/** The values of a form (application/x-www-form-urlencoded), put together in order; percent-encoding stays. */
export function joinedFields(bytes: Buffer): JoinedText | null {
  const ranges: number[] = [];
  let total = 0;
  for (let from = 0; from < bytes.length; ) {
    const ampersand = bytes.indexOf(0x26, from);
    const end = ampersand < 0 ? bytes.length : ampersand;
    const equals = bytes.indexOf(0x3d, from);
    const start = equals >= 0 && equals < end ? equals + 1 : from;
    if (end > start) {
      ranges.push(start, end);
      total += end - start;
    }
    from = end + 1;
  }
  return ranges.length < 4 || total < shortestJoin ? null : joinEnds(bytes, ranges, total);
}
