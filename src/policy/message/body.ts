import { type RawHeaders, valuesOf } from '../request-head.js';
import { type Budget, grantPart } from '../scan/budget.js';
import type { Finding } from '../scan/finding.js';
import { decodeBody } from './encodings.js';
import { beginsArchive, embeddedFiles, isText, openFile } from './files.js';
import { decodeForm } from './form.js';
import { type JoinedText, joinPieces, type Pieces, shortestJoin, tellsMore } from './joined.js';
import { innerJson, joinedStrings, stringValues } from './json-strings.js';
import { boundaryOf, multipartSpans, partHeader } from './multipart.js';

/** A body as it is sent. */
export interface BodySource {
  readonly bytes: Buffer;
  /** Value of the header, or null. */
  readonly contentType: string | null;
  /** All values of the header, joined by commas, or null. */
  readonly contentEncoding: string | null;
}

/** What a message's headers, names and values in turn, say of its body. */
export function encodingOf(headers: RawHeaders): Pick<BodySource, 'contentType' | 'contentEncoding'> {
  return {
    contentType: valuesOf(headers, 'content-type')[0] ?? null,
    contentEncoding: valuesOf(headers, 'content-encoding').join(',') || null,
  };
}

/** Something to scan. */
export interface BodyPart {
  readonly bytes: Buffer;
  /** What was done to the body to get here, for a finding to tell: `body`, `multipart`, `fields`, … */
  readonly name: string;
  readonly surface: 'body';
  /** Its offsets are those of the body without its content-encodings, so that a finding can be covered there. */
  readonly rewritable: boolean;
  /** Parts of the text that were put together; null: as it stood. */
  readonly pieces: (() => Pieces) | null;
}

export type BodyOutcome =
  | { readonly outcome: 'complete' }
  /** Taking it apart costs more than the budget: the caller refuses it. */
  | { readonly outcome: 'over-budget' }
  /** The caller refuses it. The reason may be shown. */
  | { readonly outcome: 'cannot-scan'; readonly reason: string };

/** What the parts of a body may come to in all, besides itself: each of its bytes twice and some more. Bytes. */
const roomFactor = 2.5;
const roomFloor = 1 << 15;

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
  const room = roomFloor + decoded.bytes.length * roomFactor;
  const walk: Walk = { budget, visit, room, ended: false, failure: null };
  visitPart(walk, { bytes: decoded.bytes, name: 'body', surface: 'body', rewritable: true, pieces: null });
  for (const besides of decoded.besides)
    if (takeRoom(walk, besides.length)) visitPart(walk, partOf('encoding', besides));
  takeApart(walk, decoded.bytes, contentType ?? '', 0);
  if (walk.failure) return walk.failure;
  return budget.remaining < 0 ? { outcome: 'over-budget' } : { outcome: 'complete' };
}

/** Those of a part's findings that count: in a text put together, what no part of it shows alone. */
export function partFindings(part: BodyPart, findings: readonly Finding[]): readonly Finding[] {
  if (!part.pieces || findings.length === 0) return findings;
  const pieces = part.pieces();
  return findings.filter((finding) => tellsMore(pieces, finding));
}

const openingBrace = 0x7b;
const quote = 0x22;

interface Walk {
  readonly budget: Budget;
  readonly visit: (part: BodyPart) => boolean | undefined;
  /** Bytes that further parts may come to. */
  room: number;
  ended: boolean;
  failure: Exclude<BodyOutcome, { outcome: 'complete' }> | null;
}

const partOf = (name: string, bytes: Buffer, pieces: BodyPart['pieces'] = null): BodyPart => ({
  bytes,
  name,
  surface: 'body',
  rewritable: false,
  pieces,
});

function visitPart(walk: Walk, part: BodyPart): void {
  if (walk.ended || walk.failure || walk.budget.remaining < 0 || part.bytes.length === 0) return;
  if (walk.visit(part) === false) walk.ended = true;
}

function visitJoined(walk: Walk, name: string, joined: JoinedText | null): void {
  if (joined && takeRoom(walk, joined.bytes.length))
    visitPart(walk, partOf(name, joined.bytes, joined.pieces));
}

/** False where a part is more than there is room for, which ends it all. */
function takeRoom(walk: Walk, bytes: number): boolean {
  walk.room -= bytes;
  if (walk.room < 0) walk.failure ??= { outcome: 'over-budget' };
  else grantPart(walk.budget, bytes);
  return walk.room >= 0;
}

function takeApart(walk: Walk, bytes: Buffer, contentType: string, depth: number): void {
  if (walk.failure || walk.ended || depth > deepest || bytes.length < shortestJoin) return;
  const boundary = boundaryOf(bytes, contentType);
  if (boundary !== null) takeMultipart(walk, bytes, boundary, depth);
  else if (looksLikeForm(bytes, contentType)) takeForm(walk, bytes, depth);
  else if (looksLikeJson(bytes, contentType)) takeJson(walk, bytes, depth);
  takeFile(walk, bytes, depth);
  for (const file of embeddedFiles(bytes)) {
    if (file.known) takeDerived(walk, 'base64', file.bytes, depth);
    else takeFile(walk, file.bytes, depth);
  }
}

/** Visits what came out of a part, and goes on with it. */
function takeDerived(walk: Walk, name: string, bytes: Buffer, depth: number): void {
  if (!takeRoom(walk, bytes.length)) return;
  visitPart(walk, partOf(name, bytes));
  takeApart(walk, bytes, '', depth + 1);
}

function looksLikeForm(bytes: Buffer, contentType: string): boolean {
  if (/x-www-form-urlencoded/i.test(contentType)) return true;
  const first = bytes[0];
  if (first === openingBrace || first === quote) return false;
  return /^[^\s={}<>"&]{1,200}=[^\s<>"{]*&/.test(bytes.toString('latin1', 0, 512));
}

function looksLikeJson(bytes: Buffer, contentType: string): boolean {
  let at = 0;
  while (at < bytes.length && (bytes[at] as number) <= 0x20) at += 1;
  const first = bytes[at];
  return (
    first === openingBrace ||
    first === 0x5b ||
    first === quote ||
    (/json/i.test(contentType) && isText(bytes))
  );
}

function takeJson(walk: Walk, bytes: Buffer, depth: number): void {
  const values = stringValues(bytes);
  visitJoined(walk, 'strings', joinedStrings(bytes, values));
  if (depth >= deepest) return;
  for (let index = 0; index < values.length; index += 2) {
    const inner = innerJson(bytes, values[index] as number, values[index + 1] as number);
    if (inner && takeRoom(walk, inner.length)) takeApart(walk, inner, 'application/json', depth + 1);
  }
}

function takeForm(walk: Walk, bytes: Buffer, depth: number): void {
  const { text, joined, values } = decodeForm(bytes);
  if (text) takeDerived(walk, 'form', text, deepest);
  visitJoined(walk, 'fields', joined);
  for (const value of values) {
    if (value[0] === 0x7b || value[0] === 0x5b) takeApart(walk, value, '', depth + 1);
  }
}

function takeFile(walk: Walk, bytes: Buffer, depth: number): void {
  const opened = openFile(bytes, walk.budget);
  if (opened.outcome !== 'complete') walk.failure = opened;
  else
    for (const content of opened.contents) {
      // What was inflated has its own bound.
      walk.room += content.length * (1 + roomFactor);
      takeDerived(walk, 'compressed', content, depth);
    }
}

function takeMultipart(walk: Walk, bytes: Buffer, boundary: string, depth: number): void {
  const values: number[] = [];
  const spans = multipartSpans(bytes, boundary);
  if (!spans) {
    walk.failure = { outcome: 'cannot-scan', reason: 'a multipart body with more parts than are told apart' };
    return;
  }
  for (const { headStart, start, end } of spans) {
    const head = bytes.toString('latin1', headStart, start);
    const content = bytes.subarray(start, end);
    if (/base64/i.test(partHeader(head, 'content-transfer-encoding')))
      takeDerived(walk, 'multipart', Buffer.from(content.toString('latin1'), 'base64'), depth);
    else takeApart(walk, content, partHeader(head, 'content-type'), depth + 1);
    if (end > start && !beginsArchive(content)) values.push(start, end);
  }
  if (values.length >= 4) visitJoined(walk, 'fields', joinPieces(bytes, values));
}
