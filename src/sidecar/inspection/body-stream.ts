import { Readable } from 'node:stream';
import type { Refusal } from '../../contract/refusal.js';
import { foundIn } from '../../policy/outbound/examination.js';
import { scanStream } from '../../policy/scan/stream.js';
import { wholeBody } from '../request-body.js';
import {
  findingRefusal,
  type Inspection,
  note,
  problemOf,
  refusalOf,
  superviseFindings,
} from './inspect-request.js';

/** Ends a request whose body was found unfit after some of it had gone. */
export class BodyRefused extends Error {
  /** null: the client left. */
  readonly refusal: Refusal | null;

  constructor(refusal: Refusal | null) {
    super('the body was refused');
    this.refusal = refusal;
  }
}

/**
 * A body that is too long to be held whole, scanned through a window that overlaps: nothing of a finding goes on. With
 * a finding the request is cut off, waits with the rest unsent, or goes on with the value covered.
 */
export function inspectedStream(
  source: AsyncIterable<Buffer>,
  contentEncoding: string | null,
  inspection: Inspection,
): { readonly content: Readable } | { readonly refusal: Refusal } {
  if (contentEncoding !== null && !/^[\s,]*(?:identity[\s,]*)*$/i.test(contentEncoding)) {
    const message = 'an encoded body this long is not looked into';
    return { refusal: refusalOf(inspection, 'encoding-not-scannable', message) };
  }
  const content = Readable.from(scanned(source, inspection), {
    objectMode: false,
    highWaterMark: wholeBody,
  });
  // Whoever waits for it learns of its end there.
  content.on('error', () => {});
  return { content };
}

async function* scanned(source: AsyncIterable<Buffer>, inspection: Inspection): AsyncGenerator<Buffer> {
  const { scanner } = inspection.prepared;
  const stream = scanStream(scanner, 'body');
  let offset = 0;
  /** What may go of one step. */
  const settle = async ({ release, findings, outcome }: ReturnType<typeof stream.end>): Promise<Buffer> => {
    const from = offset;
    offset += release.length;
    if (findings.length === 0 && outcome === 'complete') return release;
    const placed = findings.map((finding) => ({
      ...finding,
      start: finding.start - from,
      end: finding.end - from,
    }));
    const found = placed.map((finding) => foundIn(release, finding, placed, 'body'));
    const problem = problemOf(inspection, { found, outcome, reason: null });
    if (problem) throw new BodyRefused(problem);
    const { outboundOnMatch } = inspection.route.route.dlp;
    if (outboundOnMatch === 'redact') {
      const covered = Buffer.from(release);
      note(inspection.exchange, found, 'redacted');
      for (const { start, end } of placed) covered.fill(0x2a, Math.max(0, start), Math.max(0, end));
      return covered;
    }
    if (outboundOnMatch === 'block') throw new BodyRefused(findingRefusal(inspection, found, 'secret-found'));
    const answer = await superviseFindings(inspection, found);
    if (answer === 'let-out') return release;
    throw new BodyRefused(answer === 'client-left' ? null : answer.refusal);
  };
  for await (const chunk of source) {
    const fit = await settle(stream.push(chunk));
    if (fit.length > 0) yield fit;
  }
  const rest = await settle(stream.end());
  if (rest.length > 0) yield rest;
}
