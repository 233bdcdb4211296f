import { withoutNominated } from '../../policy/departing-headers.js';
import { isPlain } from '../../policy/inbound/plain.js';
import { type SecretFinder, scrub } from '../../policy/inbound/scrub.js';
import type { Finding } from '../../policy/scan/finding.js';

/**
 * Headers, or trailers, without known values in them; one whose name holds a value is left out.
 *
 * @param headers names and values in turn
 * @throws NotScannedError
 */
export function scrubHeaders(
  finder: SecretFinder,
  headers: readonly string[],
  onFound: (finding: Finding) => void,
): readonly string[] {
  if (headers.length === 0) return headers;
  // A line break is in no value, so it parts them again. One at the end, too: `timeout=5`, with which many answers end,
  // would else be looked into for what might go on there.
  const lines = Buffer.from(`${headers.join('\n')}\n`, 'latin1');
  const clean = scrub(finder, lines, 'header', isPlain(lines), (finding) => {
    finder.guesses.note(lines, finding.start, finding.end);
    onFound(finding);
  });
  if (clean === lines) return headers;
  const scrubbed = clean.toString('latin1').split('\n');
  const out: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    if (scrubbed[index] === headers[index]) out.push(scrubbed[index] ?? '', scrubbed[index + 1] ?? '');
  }
  return out;
}

/** Of the body as it was coded; once that is undone they are wrong (RFC 9110, 8; RFC 9530, 2). */
const ofCodedBody = new Set([
  'content-encoding',
  'content-length',
  'content-md5',
  'content-digest',
  'repr-digest',
  'digest',
  'accept-ranges',
]);

/** The headers of an answer whose body's coding is undone. */
export function decodedHeaders(headers: readonly string[]): readonly string[] {
  return withoutNominated(headers, ofCodedBody);
}

/** The value of a header, those of several lines joined (RFC 9110, 5.3); null: there is none. */
export function headerOf(headers: readonly string[], name: string): string | null {
  return headersOf(headers, [name])[0] ?? null;
}

/** The same of several headers, in one pass. @param names in lower case */
export function headersOf(headers: readonly string[], names: readonly string[]): (string | null)[] {
  const values: (string | null)[] = names.map(() => null);
  for (let index = 0; index < headers.length; index += 2) {
    const found = names.indexOf((headers[index] ?? '').toLowerCase());
    if (found === -1) continue;
    const before = values[found] ?? null;
    values[found] = before === null ? (headers[index + 1] ?? '') : `${before}, ${headers[index + 1]}`;
  }
  return values;
}
