import { withoutNominated } from '../../policy/departing-headers.js';
import { isPlain } from '../../policy/inbound/plain.js';
import { type SecretFinder, scrub } from '../../policy/inbound/scrub.js';
import type { Finding } from '../../policy/scan/finding.js';
import type { CleanLines } from './clean-lines.js';

/** What covers values, and what it need not look at again. */
export interface HeaderFinder extends SecretFinder {
  readonly cleanLines: CleanLines;
}

/**
 * Headers, or trailers, without known values in them; one whose name holds a value is left out.
 *
 * @param headers names and values in turn
 * @throws NotScannedError
 */
export function scrubHeaders(
  finder: HeaderFinder,
  headers: readonly string[],
  onFound: (finding: Finding) => void,
): readonly string[] {
  if (headers.length === 0) return headers;
  const unknown = unknownLines(finder.cleanLines, headers);
  if (unknown.length === 0 && !finder.guesses.areSpent()) return headers;
  if (isClean(finder, unknown)) {
    for (let index = 0; index < unknown.length; index += 2)
      finder.cleanLines.add(unknown[index] as string, unknown[index + 1] as string);
    return headers;
  }
  const scrubbed = scrubLines(finder, headers, (lines, finding) => {
    finder.guesses.note(lines, finding.start, finding.end);
    onFound(finding);
  });
  if (!scrubbed) return headers;
  const out: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    if (scrubbed[index] === headers[index]) out.push(scrubbed[index] ?? '', scrubbed[index + 1] ?? '');
  }
  return out;
}

function unknownLines(cleanLines: CleanLines, headers: readonly string[]): readonly string[] {
  const unknown: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const [name, value] = [headers[index] as string, headers[index + 1] as string];
    if (!cleanLines.has(name, value)) unknown.push(name, value);
  }
  return unknown;
}

/** @throws NotScannedError */
const isClean = (finder: SecretFinder, headers: readonly string[]): boolean =>
  scrubLines(finder, headers, () => {}) === null;

/** The texts with what was found covered; null: nothing was. */
function scrubLines(
  finder: SecretFinder,
  texts: readonly string[],
  onFound: (lines: Buffer, finding: Finding) => void,
): readonly string[] | null {
  // A line break is in no value, so it parts them again. One at the end, too: `timeout=5`, with which many answers end,
  // would else be looked into for what might go on there.
  const lines = Buffer.from(`${texts.join('\n')}\n`, 'latin1');
  const clean = scrub(finder, lines, 'header', isPlain(lines), (finding) => onFound(lines, finding));
  return clean === lines ? null : clean.toString('latin1').split('\n');
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
