import type { RouteDlp } from '../../contract/route.js';
import { encodingOf } from '../message/body.js';
import type { Detector, DetectorMaterial } from '../scan/detector.js';
import { createScanner } from '../scan/scanner.js';
import { examineBody, examineHead, type Found, type MessageHead, nothingFound } from './examination.js';
import { isAskedFor } from './outbound-scanner.js';

/** What one detector says of a request. */
export interface DetectorExplanation {
  readonly detector: string;
  readonly answer: 'off' | 'finds nothing' | 'finds' | 'can not tell';
  readonly found: readonly Pick<Found, 'place' | 'snippet'>[];
  /** The rules of what was found, in the order of `found`; or why it can't tell. */
  readonly rules: readonly string[];
}

export interface ExplainedRequest {
  readonly head: MessageHead;
  /** null: none. */
  readonly body: Buffer | null;
}

/** Asks each detector by itself, also those that the route has off. */
export function explainDetectors(
  detectors: readonly Detector[],
  material: DetectorMaterial,
  { outbound }: RouteDlp,
  { head, body }: ExplainedRequest,
): readonly DetectorExplanation[] {
  return detectors.map((detector) => {
    const { name } = detector;
    if (!isAskedFor(name, outbound)) return { detector: name, answer: 'off', found: [], rules: [] };
    const scanner = createScanner([detector], material);
    const ofHead = examineHead(scanner, head, { shown: 'each' });
    const ofBody =
      body === null
        ? nothingFound
        : examineBody(scanner, { bytes: body, ...encodingOf(head.headers) }, { shown: 'each' });
    const found = [...ofHead.found, ...ofBody.found];
    const rules = found.map(({ finding }) => finding.rule);
    if (found.length > 0) return { detector: name, answer: 'finds', found: found.map(shown), rules };
    const unclear = [ofHead, ofBody].find(({ outcome }) => outcome !== 'complete');
    if (unclear)
      return {
        detector: name,
        answer: 'can not tell',
        found: [],
        rules: [unclear.reason ?? unclear.outcome],
      };
    return { detector: name, answer: 'finds nothing', found: [], rules: [] };
  });
}

const shown = ({ place, snippet }: Found) => ({ place, snippet });
