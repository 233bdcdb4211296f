import type { Detector } from '../scan/detector.js';
import { lookForKnown } from '../scan/known.js';

const reflectedSecrets: Detector = {
  name: 'reflected_secrets',
  summary: 'values the bottle holds that an upstream sends back; they are scrubbed',
  direction: 'inbound',
  decodes: true,
  prepare: lookForKnown,
};

export default reflectedSecrets;
