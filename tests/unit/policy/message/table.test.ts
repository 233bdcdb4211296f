import { describe, expect, test } from 'vitest';
import knownSecrets from '../../../../src/policy/detectors/known-secrets.js';
import tokenPatterns from '../../../../src/policy/detectors/token-patterns.js';
import { bodyParts, partFindings } from '../../../../src/policy/message/body.js';
import { headFindings, requestHeadText } from '../../../../src/policy/message/head.js';
import { valuesOf } from '../../../../src/policy/request-head.js';
import { budgetFor } from '../../../../src/policy/scan/budget.js';
import { createScanner } from '../../../../src/policy/scan/scanner.js';
import { type Message, places } from '../../../support/evasion/places.js';
import { evasionCases } from '../../../support/evasion/table.js';
import { secretValues } from '../../../support/evasion/values.js';
import { randomOf } from '../../../support/fuzzing.js';

const [known, token] = secretValues(randomOf(20_251_122)).slice(0, 2) as [Secret, Secret];
type Secret = ReturnType<typeof secretValues>[number];
const scanner = createScanner([tokenPatterns, knownSecrets], {
  knownSecrets: [{ name: 'KNOWN', value: known.value }],
});

/** Detectors that find something in a message; trailers go nowhere. */
function detectorsOf({ label, target, headers, body }: Message): string[] {
  const head = requestHeadText(`${label}.example.com`, target, headers);
  const found = headFindings(head, scanner.scan(head.bytes, 'header').findings).map(({ finding }) => finding);
  if (body) {
    const contentType = valuesOf(headers, 'content-type')[0] ?? null;
    const contentEncoding = valuesOf(headers, 'content-encoding').join(',') || null;
    const budget = budgetFor(body.length);
    const { outcome } = bodyParts({ bytes: body, contentType, contentEncoding }, budget, (part) => {
      const result = scanner.scan(part.bytes, part.surface, { budget });
      expect(result.outcome).toBe('complete');
      found.push(...partFindings(part, result.findings));
      return true;
    });
    expect(outcome).toBe('complete');
  }
  return found.map(({ detector }) => detector);
}

// The whole table goes through a real sidecar in tests/integration/evasion.test.ts.
const scanned = places.filter(({ name, knownOnly }) => name !== 'trailer' && !knownOnly);

describe.each(scanned.map(({ name }) => name))('%s', (place) => {
  test.each([known, token])('shows a $kind in any encoding', ({ value, detector }) => {
    const missed = evasionCases(value)
      .filter((one) => one.place === place && !one.messages(value).flatMap(detectorsOf).includes(detector))
      .map(({ name }) => name);
    const caseIsLost = place === 'host label' && detector === 'token_patterns';
    expect(caseIsLost ? [] : missed).toEqual([]);
  });
});
