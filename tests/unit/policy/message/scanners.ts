import crlf from '../../../../src/policy/detectors/crlf.js';
import knownSecrets from '../../../../src/policy/detectors/known-secrets.js';
import tokenPatterns from '../../../../src/policy/detectors/token-patterns.js';
import { createScanner } from '../../../../src/policy/scan/scanner.js';

export const known = 'hG7kq2ZtWm4xLd9sVb3nRp6y';
/** A token whose parts alone are none, and whose parts are too short for any other rule. */
export const tokenParts = ['glpat-Xk7b', '9vT2mQ8r', 'Lw5Zc7Nd'] as const;

const material = { knownSecrets: [{ name: 'KNOWN', value: known }] };
export const headScanner = createScanner([crlf, tokenPatterns, knownSecrets], material);
