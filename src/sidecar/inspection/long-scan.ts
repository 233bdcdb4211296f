import type { Refusal } from '../../contract/refusal.js';
import { type Found, foundAcross, foundAll } from '../../policy/outbound/examination.js';
import { createJoiner } from '../../policy/scan/joiner.js';
import { scanStream } from '../../policy/scan/stream.js';
import { findingRefusal, type Inspection, note, problemOf, superviseFindings } from './inspect-request.js';

/** Ends a request whose body was found unfit after some of it had gone. */
export class BodyRefused extends Error {
  /** null: the client left. */
  readonly refusal: Refusal | null;

  constructor(refusal: Refusal | null) {
    super('the body was refused');
    this.refusal = refusal;
  }
}

/** What is too long to be held whole, on its way through a window. */
export interface LongScan {
  /** Bytes that may go now. @throws BodyRefused */
  push(chunk: Buffer): Promise<Buffer>;
  /** The rest. @throws BodyRefused */
  end(): Promise<Buffer>;
}

const together = createJoiner();
/** Of what went on so much is looked at again with the next, for parts of a value. */
const leadBytes = 256;

/**
 * Scans as `place` what comes, and does with a finding what the route says.
 *
 * @param during what may go on while the operator is asked
 */
export function createLongScan(
  inspection: Inspection,
  place: 'body' | 'frame',
  during: <T>(waiting: Promise<T>) => Promise<T> = (waiting) => waiting,
): LongScan {
  const { scanner } = inspection.prepared;
  const stream = scanStream(scanner, place);
  let offset = 0;
  /** The end of what went before. */
  let lead = Buffer.alloc(0);
  /** Names of the values that the operator let out with it: their parts, in the lead or further on, tell nothing new. */
  const approved = new Set<string>();
  /** What may go of one step. */
  const settle = async ({ release, findings, outcome }: ReturnType<typeof stream.end>): Promise<Buffer> => {
    const from = offset;
    offset += release.length;
    if (findings.length === 0 && outcome === 'complete')
      return release.length === 0 ? release : unlessKnown(release);
    const placed = findings.map((finding) => ({
      ...finding,
      start: finding.start - from,
      end: finding.end - from,
    }));
    const found = foundAll(release, placed, place);
    const problem = problemOf(inspection, { found, outcome, reason: null });
    if (problem) throw new BodyRefused(problem);
    const { outboundOnMatch } = inspection.route.route.dlp;
    if (outboundOnMatch === 'redact') {
      const covered = Buffer.from(release);
      note(inspection.exchange, found, 'redacted');
      for (const { start, end } of placed) covered.fill(0x2a, Math.max(0, start), Math.max(0, end));
      return unlessKnown(covered);
    }
    await settleFound(found);
    for (const { class: kind, rule } of findings) if (kind === 'known') approved.add(rule);
    return unlessKnown(release);
  };
  /** Throws unless the operator approved. */
  const settleFound = async (found: readonly Found[]): Promise<void> => {
    if (inspection.route.route.dlp.outboundOnMatch !== 'supervise')
      throw new BodyRefused(findingRefusal(inspection, found, 'secret-found'));
    const answer = await during(superviseFindings(inspection, found));
    if (answer !== 'let-out') throw new BodyRefused(answer === 'client-left' ? null : answer.refusal);
  };
  /** The same bytes, unless a value comes together with them from parts that left. */
  const unlessKnown = async (body: Buffer): Promise<Buffer> => {
    const { exchange, prepared } = inspection;
    const text = together(lead, body);
    const pieces = exchange.gate.inspection.pieces(prepared, text);
    const message = {
      target: '',
      headers: [],
      headSeen: true,
      body: null,
      pieces,
      approved: [...approved],
    };
    const secret = exchange.gate.inspection.across(prepared, message);
    // Others use the memory that the text is in while the operator is asked.
    lead = Buffer.from(text.subarray(-leadBytes));
    if (secret !== null) {
      await settleFound([foundAcross(secret)]);
      approved.add(secret);
    }
    return body;
  };
  return {
    push: (chunk) => settle(stream.push(chunk)),
    end: () => settle(stream.end()),
  };
}
