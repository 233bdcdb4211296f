// npm run bench:detect [-- --providers] [-- --speed | --quality]: what the detectors find, what they cry wolf at, and how fast.

import { injectionQuality, printInjection } from './detection/injection-quality.mjs';
import { loadModule } from './detection/load.mjs';
import { printQuality, secretQuality } from './detection/quality.mjs';
import { cleanTexts, hostileTexts, rate } from './detection/speed.mjs';

const only = (name) => process.argv.includes(`--${name}`);
const { createScanner } = await loadModule('src/policy/scan/scanner.ts');
const { redact } = await loadModule('src/policy/scan/redact.ts');
const { loadDetectors } = await loadModule('src/policy/scan/detectors.ts');
const { triggersOf } = await loadModule('src/policy/scan-rules/match.ts');

const knownSecrets = Array.from({ length: 5 }, (_, i) => ({
  name: `KNOWN_${i}`,
  value: `k${i}-Zq7xWv9Tn2RbLm4Hc${i}8sYp`,
}));
const outbound = await loadDetectors('outbound', null);
const inboundDetectors = await loadDetectors('inbound', null);
const scanner = createScanner(outbound, { knownSecrets });

if (!only('speed')) quality();
if (!only('quality')) speed();

function quality() {
  console.log(
    '\nThe two models were trained on these texts; what held-out ones come to is printed by scripts/train-*.mjs.',
  );
  console.log('\n## Secrets (development corpus)\n');
  const secrets = secretQuality(
    (bytes) => scanner.scan(bytes, 'body'),
    (bytes) => redact(scanner, bytes, 'body').bytes,
  );
  if (secrets) printQuality(secrets, only('providers'));
  console.log('\n## Injections (development corpus)\n');
  const inbound = createScanner(inboundDetectors, { knownSecrets: [] });
  const injections = injectionQuality((bytes) => inbound.scan(bytes, 'body'));
  if (injections) printInjection(injections);
}

function speed() {
  console.log('\n## Speed, MB a second of processor time, every outbound detector on, 5 known secrets\n');
  const scan = (text) => scanner.scan(text, 'body');
  const clean = cleanTexts(1 << 20).map(([name, text]) => [name, rate(scan, text)]);
  for (const [name, value] of clean) console.log(`${name.padEnd(26)} ${value.toFixed(0).padStart(5)}`);
  const slowestClean = Math.min(...clean.map(([, value]) => value));
  for (const count of [100, 1000]) {
    const many = Array.from({ length: count }, (_, i) => ({
      name: `N${i}`,
      value: `v${i}x${(i * 7919).toString(36)}Qw8Er7Ty6Ui5Op4${i}`,
    }));
    const other = createScanner(outbound, { knownSecrets: many });
    console.log(
      `${`source, ${count} secrets`.padEnd(26)} ${rate(
        (t) => other.scan(t, 'body'),
        cleanTexts(1 << 20)[2][1],
        3,
      )
        .toFixed(0)
        .padStart(5)}`,
    );
  }
  const hostile = [];
  for (const [name, text] of hostileTexts(new Set(triggersOf().keywords), 1 << 15)) {
    const value = rate(scan, text, 1);
    hostile.push([name, value, value < slowestClean / 10 ? rate(scan, text, 5) : value]);
  }
  hostile.sort((a, b) => a[2] - b[2]);
  console.log(
    `\nslowest of ${hostile.length} hostile inputs (clean at its slowest: ${slowestClean.toFixed(0)}):`,
  );
  for (const [name, , value] of hostile.slice(0, 8))
    console.log(
      `  ${JSON.stringify(name).slice(0, 40).padEnd(42)} ${value.toFixed(1).padStart(6)}  ${(slowestClean / value).toFixed(1)} x`,
    );
}
