import { type Budget, spend } from '../scan/budget.js';
import type { Finding } from '../scan/finding.js';
import { decodeBody } from './encodings.js';
import { joinedFields } from './form.js';
import { type Piece, spansPieces } from './joined.js';
import { type JoinedText, joinEnds, joinedStrings } from './json-strings.js';
import { boundaryOf, multipartSpans, partHeader } from './multipart.js';

/** A body as it is sent. */
export interface BodySource {
  readonly bytes: Buffer;
  /** Value of the header, or null. */
  readonly contentType: string | null;
  /** All values of the header, joined by commas, or null. */
  readonly contentEncoding: string | null;
}

/** Something to scan. */
export interface BodyPart {
  readonly bytes: Buffer;
  /** What was done to the body to get here, for a finding to tell: `body`, `multipart`, `fields`, … */
  readonly name: string;
  readonly surface: 'body';
  /** Its offsets are those of the body without its content-encodings, so that a finding can be covered there. */
  readonly rewritable: boolean;
  /** Parts of the text that were put together; none: as it stood. */
  readonly pieces: readonly Piece[];
}

export type BodyOutcome =
  | { readonly outcome: 'complete' }
  /** Taking it apart costs more than the budget: the caller refuses it. */
  | { readonly outcome: 'over-budget' }
  /** The caller refuses it. The reason may be shown. */
  | { readonly outcome: 'cannot-scan'; readonly reason: string };

/** Bodies within bodies that are taken apart: a multipart part that is JSON whose string is JSON. */
const deepest = 4;

/**
 * Takes a whole body apart and visits everything in it that must be scanned, the body itself first. What stands in
 * members of archives and in encodings of text, the scanner finds in each part by itself.
 *
 * @param budget that of the message, which its scans spend from too
 * @param visit false ends it early, as complete
 */
export function bodyParts(
  { bytes, contentType, contentEncoding }: BodySource,
  budget: Budget,
  visit: (part: BodyPart) => boolean | undefined,
): BodyOutcome {
  const decoded = decodeBody(bytes, contentEncoding, budget);
  if (decoded.outcome !== 'complete') return decoded;
  const walk: Walk = { budget, visit, ended: false };
  visitPart(walk, { bytes: decoded.bytes, name: 'body', surface: 'body', rewritable: true, pieces: [] });
  for (const besides of decoded.besides) visitPart(walk, partOf('encoding', besides));
  takeApart(walk, decoded.bytes, contentType ?? '', 0);
  return budget.remaining < 0 ? { outcome: 'over-budget' } : { outcome: 'complete' };
}

/** Those of a part's findings that count: in a text put together, what no part of it shows alone. */
export function partFindings(part: BodyPart, findings: readonly Finding[]): readonly Finding[] {
  return part.pieces.length === 0
    ? findings
    : findings.filter((finding) => spansPieces(part.pieces, finding));
}

interface Walk {
  readonly budget: Budget;
  readonly visit: (part: BodyPart) => boolean | undefined;
  ended: boolean;
}

const partOf = (name: string, bytes: Buffer, pieces: readonly Piece[] = []): BodyPart => ({
  bytes,
  name,
  surface: 'body',
  rewritable: false,
  pieces,
});

function visitPart(walk: Walk, part: BodyPart): void {
  if (walk.ended || walk.budget.remaining < 0 || part.bytes.length === 0) return;
  if (walk.visit(part) === false) walk.ended = true;
}

function visitJoined(walk: Walk, name: string, joined: JoinedText | null): void {
  if (joined && spend(walk.budget, joined.bytes.length))
    visitPart(walk, partOf(name, joined.bytes, joined.pieces));
}

function takeApart(walk: Walk, bytes: Buffer, contentType: string, depth: number): void {
  if (walk.ended || depth > deepest || bytes.length < 12) return;
  const boundary = boundaryOf(bytes, contentType);
  if (boundary !== null) takeMultipart(walk, bytes, boundary, depth);
  else if (looksLikeForm(bytes, contentType)) visitJoined(walk, 'fields', joinedFields(bytes));
  else if (looksLikeJson(bytes, contentType)) takeJson(walk, bytes, depth);
}

const looksLikeForm = (bytes: Buffer, contentType: string): boolean =>
  /x-www-form-urlencoded/i.test(contentType) ||
  /^[^\s={}<>"&]{1,200}=[^\s<>"{]*&/.test(bytes.toString('latin1', 0, 512));

function looksLikeJson(bytes: Buffer, contentType: string): boolean {
  if (/json/i.test(contentType)) return true;
  let at = 0;
  while (at < bytes.length && (bytes[at] as number) <= 0x20) at += 1;
  const first = bytes[at];
  return first === 0x7b || first === 0x5b || first === 0x22;
}

function takeJson(walk: Walk, bytes: Buffer, _depth: number): void {
  visitJoined(walk, 'strings', joinedStrings(bytes));
}

function takeMultipart(walk: Walk, bytes: Buffer, boundary: string, depth: number): void {
  const spans = multipartSpans(bytes, boundary);
  const values: number[] = [];
  let total = 0;
  for (const { headStart, start, end } of spans) {
    const head = bytes.toString('latin1', headStart, Math.min(start, headStart + 4096));
    const content = transferDecoded(walk, bytes.subarray(start, end), head);
    takeApart(walk, content, partHeader(head, 'content-type'), depth + 1);
    if (end > start) {
      values.push(start, end);
      total += end - start;
    }
  }
  if (values.length >= 4) visitJoined(walk, 'fields', joinEnds(bytes, values, total));
}

/** The content of a part as its transfer-encoding (RFC 2045, 6) gives it. */
function transferDecoded(walk: Walk, content: Buffer, head: string): Buffer {
  if (!/base64/i.test(partHeader(head, 'content-transfer-encoding'))) return content;
  const decoded = Buffer.from(content.toString('latin1'), 'base64');
  if (spend(walk.budget, decoded.length)) visitPart(walk, partOf('multipart.base64', decoded));
  return decoded;
}
