// The scanners as the product makes them, out of its own sources.
import { loadModule } from './load.mjs';

/** Made-up values that a bottle might know. */
export function secretsOf(count) {
  return Array.from({ length: count }, (_, i) => ({
    name: `N${i}`,
    value: `v${i}x${(i * 7919).toString(36)}Qw8Er7Ty6Ui5Op4${i}`,
  }));
}

/** `outbound(knownSecrets)` and `inbound()` make one with every detector on; `keywords` are what the token rules look for first. */
export async function loadScanners() {
  const { createScanner } = await loadModule('src/policy/scan/scanner.ts');
  const { redact } = await loadModule('src/policy/scan/redact.ts');
  const { loadDetectors } = await loadModule('src/policy/scan/detectors.ts');
  const { triggersOf } = await loadModule('src/policy/scan-rules/match.ts');
  const [outbound, inbound] = await Promise.all(
    ['outbound', 'inbound'].map((way) => loadDetectors(way, null)),
  );
  return {
    outbound: (knownSecrets) => createScanner(outbound, { knownSecrets }),
    inbound: () => createScanner(inbound, { knownSecrets: [] }),
    redact,
    keywords: [...new Set(triggersOf().keywords)],
  };
}
