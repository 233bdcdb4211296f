import type { Refusal } from '../../contract/refusal.js';
import { judge } from '../../policy/inbound/judge.js';
import { looksLikeText } from '../../policy/inbound/media.js';
import { type SecretFinder, scrubAny } from '../../policy/inbound/scrub.js';
import { createScrubStream, type ScrubStream } from '../../policy/inbound/scrub-stream.js';
import type { Finding } from '../../policy/scan/finding.js';
import type { Exchange } from '../exchange.js';
import type { Inspection } from '../inbound/inspection.js';
import { recordFinding, textPolicy } from '../inbound/response-policy.js';
import type { TextPolicy } from '../inbound/text-gate.js';
import type { MessageInspector, MessageStream, Passed } from './inspector.js';

/** Bytes of a message that are held; what an upstream sends in one is mostly far less. */
const whole = 256 * 1024;
/** Bytes of former messages that are looked at with the next: what is parted by messages is still one. */
const leadBytes = 384;
const nothing = Buffer.alloc(0);

/** Covers known values in what an upstream sends, and judges its text. @param inspection null: it goes on as it is */
export function inboundMessages(exchange: Exchange, inspection: Inspection | null): MessageInspector {
  const secrets = inspection?.secrets ?? null;
  const policy = inspection ? textPolicy(exchange, inspection, 'frame') : null;
  const onScrubbed = (finding: Finding) => recordFinding(exchange, finding, 'frame', 'redacted');
  const covered = secrets ? coverer(secrets, onScrubbed) : (payload: Buffer) => payload;
  const judged = createJudge(inspection, policy);
  return {
    whole,
    message(payload, text) {
      const clean = covered(payload);
      return text || looksLikeText(clean) ? judged(clean) : clean;
    },
    control: covered,
    stream: (text) => openStream(secrets, text, onScrubbed, judged),
  };
}

/** Covers values in messages, also those that began in the one before. */
function coverer(secrets: SecretFinder, onFound: (finding: Finding) => void): (payload: Buffer) => Buffer {
  let lead: Buffer = nothing;
  return (payload) => {
    if (payload.length === 0) return payload;
    const from = lead.length;
    const bytes = from === 0 ? payload : Buffer.concat([lead, payload]);
    const clean = scrubAny(secrets, bytes, 'frame', looksLikeText(payload), (finding) => {
      if (finding.end <= from) return;
      secrets.guesses.note(bytes, finding.start, finding.end);
      onFound(finding);
    });
    lead = Buffer.from(bytes.subarray(-leadBytes));
    return clean === bytes ? payload : clean.subarray(from);
  };
}

function createJudge(
  inspection: Inspection | null,
  policy: TextPolicy | null,
): (payload: Buffer) => Passed | Promise<Passed> {
  const scanner = inspection?.injection;
  if (!scanner || !policy) return (payload) => payload;
  let lead: Buffer = nothing;
  const stop = (finding: Finding, refusal: Refusal | null): Passed => {
    policy.onFound(finding, 'blocked');
    return { stop: refusal };
  };
  return (payload) => {
    const text = lead.length === 0 ? payload : Buffer.concat([lead, Buffer.from('\n'), payload]);
    const from = text.length - payload.length;
    const { verdict, finding } = judge(scanner, text, from, 'frame');
    lead = Buffer.from(text.subarray(-leadBytes));
    if (!finding) return payload;
    if (verdict === 'warn' || policy.onMatch === 'warn') {
      policy.onFound(finding, 'warned');
      return payload;
    }
    if (policy.onMatch === 'block') return stop(finding, policy.refusal(finding));
    return policy.ask(finding, text).then((refusal) => {
      if (refusal) return stop(finding, refusal === 'left' ? null : refusal);
      policy.onFound(finding, 'approved');
      lead = nothing;
      return payload;
    });
  };
}

/** A message that is too long to be held, by its pieces; what it is shows in the first. */
function openStream(
  secrets: SecretFinder | null,
  text: boolean,
  onFound: (finding: Finding) => void,
  judged: (part: Buffer) => Passed | Promise<Passed>,
): MessageStream {
  let scrubbing: ScrubStream | null = null;
  let readable = text;
  let begun = false;
  const begin = (first: Buffer) => {
    begun = true;
    readable = text || looksLikeText(first);
    scrubbing = secrets && createScrubStream(secrets, { isText: readable, unit: 'span', onFound });
  };
  const look = (part: Buffer) => (readable ? judged(part) : part);
  return {
    push(piece) {
      if (!begun) begin(piece);
      return look(scrubbing ? scrubbing.push(piece) : piece);
    },
    end: () => (scrubbing ? look(scrubbing.end()) : nothing),
  };
}
