import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { BodySource } from '../message/body.js';
import { type ContentCoding, decodeBody } from '../message/encodings.js';
import { coverHead, type HeadFinding } from '../message/head.js';
import { zstdRawFrame } from '../message/zstd/raw-frame.js';
import { budgetFor } from '../scan/budget.js';
import { redact } from '../scan/redact.js';
import type { Scanner } from '../scan/scanner.js';
import { examineBody, examineHead, type HeadExamination, type MessageHead } from './examination.js';

/** What is covered may show what it hid: as often is it looked at again. */
const mostRounds = 5;

const encoders: Readonly<Record<ContentCoding, (bytes: Buffer) => Buffer>> = {
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdRawFrame,
};

/**
 * The head with all that was found in it covered by asterisks, as long as before; null where something can't be
 * covered, or was found again.
 */
export function redactHead(
  scanner: Scanner,
  head: MessageHead,
  examination: HeadExamination,
): MessageHead | null {
  let current = head;
  let last = examination;
  for (let round = 0; round < mostRounds; round += 1) {
    if (last.outcome !== 'complete') return null;
    if (last.placed.length === 0) return current;
    const covered = coverHead(last.text, firstToCover(last.placed), current.headers);
    if (!covered) return null;
    current = { ...current, ...covered };
    last = examineHead(scanner, current, { thorough: true });
  }
  return last.outcome === 'complete' && last.placed.length === 0 ? current : null;
}

/**
 * What stands in one place is covered first: put together with the next part a token looks longer than it is, and what
 * is still found then is in parts. How long a value is that the bottle holds is known.
 */
function firstToCover(placed: readonly HeadFinding[]): readonly HeadFinding[] {
  if (placed.every(({ origins }) => origins.length > 1)) return placed;
  return placed.filter(({ finding, origins }) => origins.length === 1 || finding.class === 'known');
}

/**
 * The same for a whole body; its content-encodings are applied again, so that its length may change. What a reader could
 * see besides the content (names in a gzip header) is not there any more.
 */
export function redactBody(scanner: Scanner, source: BodySource): Buffer | null {
  const decoded = decodeBody(source.bytes, source.contentEncoding, budgetFor(source.bytes.length));
  if (decoded.outcome !== 'complete') return null;
  const redaction = redact(scanner, decoded.bytes, 'body');
  if (redaction.outcome !== 'redacted') return null;
  const plain: BodySource = { ...source, bytes: redaction.bytes, contentEncoding: null };
  const { found, outcome } = examineBody(scanner, plain);
  if (found.length > 0 || outcome !== 'complete') return null;
  return decoded.undone.reduceRight((bytes, coding) => encoders[coding](bytes), redaction.bytes);
}
