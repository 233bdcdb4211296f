// The scanners as the product makes them, out of its own sources.
import { loadModule } from './load.mjs';

/** Made-up values that a bottle might know. */
export function secretsOf(count) {
  return Array.from({ length: count }, (_, i) => ({
    name: `N${i}`,
    value: `v${i}x${(i * 7919).toString(36)}Qw8Er7Ty6Ui5Op4${i}`,
  }));
}

/**
 * `outbound(knownSecrets)` and `inbound()` make one with every detector on; `examinations(scanner)` are what becomes of a
 * text as a request's header or body, with all that is told of the findings; `keywords` are what the token rules look
 * for first.
 */
export async function loadScanners() {
  const { createScanner } = await loadModule('src/policy/scan/scanner.ts');
  const { redact } = await loadModule('src/policy/scan/redact.ts');
  const { loadDetectors } = await loadModule('src/policy/scan/detectors.ts');
  const { examineBody, examineHead } = await loadModule('src/policy/outbound/examination.ts');
  const { triggersOf } = await loadModule('src/policy/scan-rules/match.ts');
  const [outbound, inbound] = await Promise.all(
    ['outbound', 'inbound'].map((way) => loadDetectors(way, null)),
  );
  return {
    outbound: (knownSecrets) => createScanner(outbound, { knownSecrets }),
    inbound: () => createScanner(inbound, { knownSecrets: [] }),
    redact,
    examinations: (scanner) => ({
      body: (bytes) => examineBody(scanner, { bytes, contentType: 'text/plain', contentEncoding: null }),
      header: (bytes) =>
        examineHead(scanner, {
          host: 'api.test',
          target: '/',
          headers: ['x-text', bytes.toString('latin1')],
        }),
    }),
    keywords: [...new Set(triggersOf().keywords)],
  };
}
