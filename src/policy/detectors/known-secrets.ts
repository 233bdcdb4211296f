import type { Detector } from '../scan/detector.js';
import { lookForKnown } from '../scan/known.js';

const knownSecrets: Detector = {
  name: 'known_secrets',
  summary: 'every value the bottle holds, in whatever case, encoding or spacing, and long pieces of it',
  direction: 'outbound',
  decodes: true,
  prepare: lookForKnown,
};

export default knownSecrets;
