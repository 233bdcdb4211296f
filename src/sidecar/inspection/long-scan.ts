import type { Refusal } from '../../contract/refusal.js';
import { foundAll } from '../../policy/outbound/examination.js';
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

/** Scans as `place` what comes, and does with a finding what the route says. */
export function createLongScan(inspection: Inspection, place: 'body' | 'frame'): LongScan {
  const { scanner } = inspection.prepared;
  const stream = scanStream(scanner, place);
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
    const found = foundAll(release, placed, place);
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
  return {
    push: (chunk) => settle(stream.push(chunk)),
    end: () => settle(stream.end()),
  };
}
