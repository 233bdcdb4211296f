import { messageOf } from '../../contract/errors.js';
import type { Refusal } from '../../contract/refusal.js';
import { NotScannedError } from '../../policy/inbound/scrub.js';
import { finalRefusal } from '../../policy/refusals.js';
import { countDecoder } from '../decoder-memory.js';
import type { Exchange } from '../exchange.js';
import { headerOf } from './answer-headers.js';
import { type AnswerHead, type InspectedAnswer, openInspectedAnswer } from './inspected-answer.js';
import type { Inspection } from './inspection.js';
import type { Outlet } from './outlet.js';
import { parseRange } from './part.js';
import { openPromptAnswer } from './prompt-answer.js';
import { notScannable, recordFinding, textPolicy } from './response-policy.js';

/** Bytes of text that all answers together hold; beyond it each is judged by windows. */
const heldText = 32 * 1024 * 1024;

/** What an answer is to the relay: to be looked at, or to be passed on as it comes. */
export interface Answer extends InspectedAnswer {}

export interface AnswerOutlet {
  readonly outletOf: (head: AnswerHead) => Outlet;
  readonly onRoom: () => void;
  /** Instead of an answer that has not begun; one that has is cut. */
  readonly refuse: (refusal: Refusal) => void;
}

/** Answers null when the answer was refused at once. */
export function openAnswer(
  exchange: Exchange,
  inspection: Inspection | null,
  head: AnswerHead,
  around: AnswerOutlet,
): Answer | null {
  return openPromptAnswer(head, inspection, around.outletOf, () =>
    inspection ? openAny(exchange, inspection, head, around) : passOn(head, around),
  );
}

function openAny(
  exchange: Exchange,
  inspection: Inspection,
  head: AnswerHead,
  { outletOf, onRoom, refuse }: AnswerOutlet,
): Answer | null {
  const onFailure = (error: unknown) => {
    const why = error instanceof NotScannedError ? messageOf(error) : 'its body is not what its headers say';
    refuse(notScannable(inspection, why));
  };
  try {
    return openInspectedAnswer(head, {
      inspection,
      asked: parseRange(headerOf(exchange.outgoing.headers, 'range')),
      policy: textPolicy(exchange, inspection, 'body'),
      outletOf,
      onScrubbed: (finding) => recordFinding(exchange, finding, 'response', 'redacted'),
      onRoom,
      onFailure,
      reserve: reserveText(exchange),
      decoderMemory: () => countDecoder(exchange.gate.held),
      notScannable: (why) => notScannable(inspection, why),
    });
  } catch (error) {
    onFailure(error);
    return null;
  }
}

/** Counts bytes that are held, and taken off again; answers false where all together are too many. */
export function reserveText({ gate: { held } }: Exchange): (bytes: number) => boolean {
  return (bytes) => {
    held.text += bytes;
    return held.text <= heldText;
  };
}

function passOn(head: AnswerHead, { outletOf, onRoom, refuse }: AnswerOutlet): Answer | null {
  const outlet = outletOf(head);
  try {
    outlet.begin([]);
  } catch {
    // Nobody above is there to catch it: the head may be passed on in a turn of its own.
    refuse(finalRefusal('upstream-protocol', 'the head of the answer can not be passed on'));
    return null;
  }
  return {
    push: (chunk) => outlet.write(chunk),
    end: () => outlet.end(),
    room: onRoom,
    destroy: () => {},
  };
}
