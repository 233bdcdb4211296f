import type { PieceIndex, SecretPiece } from '../across/piece-index.js';
import { breaksUndone } from '../across/written-breaks.js';
import { type BodySource, bodyParts, partFindings } from '../message/body.js';
import { type HeadFinding, type HeadText, headFindings, requestHeadText } from '../message/head.js';
import type { RawHeaders } from '../request-head.js';
import { type Budget, budgetFor } from '../scan/budget.js';
import type { Finding } from '../scan/finding.js';
import type { Scanner } from '../scan/scanner.js';
import { textView, type View } from '../scan/view.js';
import { snippetOf } from './snippet.js';

/** A request's head as far as it goes on. */
export interface MessageHead {
  readonly host: string;
  /** Origin-form. */
  readonly target: string;
  readonly headers: RawHeaders;
}

/** A finding and where in the request it stands. */
export interface Found {
  readonly finding: Finding;
  /** For people: `path`, `header accept`, `body`, `multipart`. */
  readonly place: string;
  /**
   * What an approval covers: the value as it stands, or of a value that the bottle holds its name. Told to nobody.
   * null: too long or not all here, so that no approval covers another request with it.
   */
  readonly value: string | null;
  /** What stands around the value, struck out itself; empty where nobody is shown it ({@link Shown}). */
  readonly snippet: string;
}

/**
 * Of which findings the surroundings are told: of the foremost, which the operator may be asked about, or of each.
 */
type Shown = 'foremost' | 'each';

export interface Examination {
  readonly found: readonly Found[];
  readonly outcome: 'complete' | 'over-budget' | 'cannot-scan';
  /** Why it can't be scanned; may be shown. */
  readonly reason: string | null;
}

/** That of a body. */
export interface BodyExamination extends Examination {
  /** Stretches of known values that are too short to be a finding. */
  readonly pieces: readonly SecretPiece[];
}

export const nothingFound: BodyExamination = { found: [], outcome: 'complete', reason: null, pieces: [] };

/** Of what else was found so much is told. Characters. */
const longestOthers = 90;
const longestTold = 200;

/** What the operator is shown of the findings: the foremost with its surroundings, and what else there is. */
export function describeFound(found: readonly Found[], first: Found): string {
  const named = (one: Found) => `${one.finding.rule} in ${one.place}`;
  const others = new Set(found.filter(({ value }) => value !== first.value).map(named));
  const names = [...others].join(', ');
  const shown = names.length > longestOthers ? `${names.slice(0, longestOthers)}...` : names;
  const also = others.size === 0 ? '' : `, and ${found.length >= mostFound ? 'many more' : 'also'}: ${shown}`;
  return `${named(first)}${also}: ${first.snippet}`.slice(0, longestTold);
}

/** A longer value is approved for one request alone. Bytes. */
const longestValue = 8192;
/** Findings that are told apart; one is enough to hold a request. */
const mostFound = 100;
/** Of a longer body pieces of values are looked for only as they stand there. Bytes. */
const longestDecoded = 64 * 1024;

/**
 * The values of what was found, each once: an approval for the bottle's life covers requests with no other. None where
 * there may be one that isn't told.
 */
export function approvableValues(found: readonly Found[]): readonly string[] {
  if (found.length >= mostFound) return [];
  const values = new Set<string>();
  for (const { value } of found) {
    if (value === null) return [];
    values.add(value);
  }
  return [...values];
}

export interface HeadExamination extends Examination {
  readonly text: HeadText;
  readonly placed: readonly HeadFinding[];
}

interface HeadOptions {
  /** That of the scanner. */
  readonly thorough?: boolean;
  readonly shown?: Shown;
}

/** Looks for whatever a head holds, in one pass. */
export function examineHead(
  scanner: Scanner,
  { host, target, headers }: MessageHead,
  { thorough = false, shown = 'foremost' }: HeadOptions = {},
): HeadExamination {
  const text = requestHeadText(host, target, headers);
  const { findings, outcome } = scanner.scan(text.bytes, 'header', { thorough });
  const placed = headFindings(text, findings).filter((found) => !isNonce(text, found));
  const sights = placed.slice(0, mostFound).map(({ finding, span }) => {
    const place = span.surface === 'header' ? `header ${span.name}` : span.name;
    return { bytes: text.bytes, findings, finding, place };
  });
  const found = foundOf(sights, outcome === 'complete' ? shown : 'none');
  return { text, placed, found, outcome, reason: null };
}

/** RFC 6455, 4.1: sixteen random bytes, in every handshake. A value that tells itself is found there still. */
function isNonce({ bytes }: HeadText, { finding, span }: HeadFinding): boolean {
  if (finding.class !== 'contextual' || span.name !== 'sec-websocket-key') return false;
  return /^[A-Za-z0-9+/]{22}==$/.test(bytes.toString('latin1', span.start, span.end));
}

interface BodyOptions {
  readonly budget?: Budget;
  /** Finds what may be parts of a value that leaves in several requests. */
  readonly pieceIndex?: PieceIndex | null;
  readonly shown?: Shown;
}

/** Looks for whatever a whole body holds, its content-encodings undone. */
export function examineBody(
  scanner: Scanner,
  source: BodySource,
  { budget = budgetFor(source.bytes.length), pieceIndex = null, shown = 'foremost' }: BodyOptions = {},
): BodyExamination {
  const sights: Sight[] = [];
  const pieces: SecretPiece[] = [];
  const collect = pieceIndex && ((view: View) => void pieces.push(...pieceIndex.findInView(view)));
  let complete = true;
  const result = bodyParts(source, budget, (part) => {
    const { bytes, surface } = part;
    const isPieced = collect !== null && part.rewritable && bytes.length <= longestDecoded;
    if (part.rewritable && !isPieced) collect?.(textView(bytes));
    const undone = isPieced ? breaksUndone(bytes) : null;
    if (undone) collect?.(textView(undone));
    const options = isPieced ? { budget, onView: collect } : { budget };
    const { findings, outcome } = scanner.scan(bytes, surface, options);
    complete &&= outcome === 'complete';
    for (const finding of partFindings(part, findings)) {
      if (sights.length < mostFound) sights.push({ bytes, findings, finding, place: part.name });
    }
    return complete;
  });
  const reason = result.outcome === 'cannot-scan' ? result.reason : null;
  const outcome = reason === null && !complete ? 'over-budget' : result.outcome;
  const found = foundOf(sights, outcome === 'complete' ? shown : 'none');
  return { found, outcome, reason, pieces };
}

/** @param bytes those that the findings' offsets count in */
export function foundAll(bytes: Buffer, findings: readonly Finding[], place: string): readonly Found[] {
  const sights = findings.slice(0, mostFound).map((finding) => ({ bytes, findings, finding, place }));
  return foundOf(sights, 'foremost');
}

/** A finding, and all that was found with it in one text. */
interface Sight extends Pick<Found, 'finding' | 'place'> {
  readonly bytes: Buffer;
  readonly findings: readonly Finding[];
}

/** @param shown `none` where not all was found, so that a value might show */
function foundOf(sights: readonly Sight[], shown: Shown | 'none'): readonly Found[] {
  const first = foremost(sights);
  return sights.map((sight) => {
    const { bytes, findings, finding, place } = sight;
    const isShown = shown === 'each' || (shown === 'foremost' && sight === first);
    const snippet = isShown ? snippetOf(bytes, finding, findings) : '';
    return { finding, place, value: approvableValue(bytes, finding), snippet };
  });
}

function approvableValue(bytes: Buffer, { class: kind, rule, start, end }: Finding): string | null {
  if (kind === 'known') return `known ${rule}`;
  const isHere = start >= 0 && end <= bytes.length && end - start <= longestValue;
  return isHere ? bytes.toString('latin1', start, end) : null;
}

/** A value that comes together from the parts of several requests. @param secret its name */
export function foundAcross(secret: string): Found {
  const finding: Finding = {
    detector: 'known_secrets',
    rule: secret,
    view: 'requests',
    class: 'known',
    score: 1,
    start: 0,
    end: 0,
  };
  return { finding, place: 'parts of several requests', value: `known ${secret}`, snippet: '' };
}

const ranks: Readonly<Partial<Record<Finding['class'], number>>> = { contextual: 0, known: 2, structure: 3 };

/** The one to tell of: a value that the bottle holds before any other, else the surest. */
export function foremost<One extends Pick<Found, 'finding'>>(found: readonly One[]): One | null {
  const rank = ({ finding }: One) => finding.score + (ranks[finding.class] ?? 1);
  return found.reduce<One | null>((best, one) => (best && rank(best) >= rank(one) ? best : one), null);
}
