import type { Detector } from '../scan/detector.js';
import { lookForTokens } from '../scan-rules/look.js';

const tokenPatterns: Detector = {
  name: 'token_patterns',
  summary:
    "providers' tokens, private keys, connection strings, and values that stand where a credential would",
  direction: 'outbound',
  decodes: true,
  prepare: () => lookForTokens,
};

export default tokenPatterns;
