// npm run bench:detect [-- --providers] [-- --speed | --quality]: what the detectors find, what they cry wolf at, and how fast.

import { hostileTexts } from './detection/hostile.mjs';
import { printHeldOut } from './detection/injection-held-out.mjs';
import { injectionQuality, printInjection } from './detection/injection-quality.mjs';
import { loadModule } from './detection/load.mjs';
import { printQuality, secretQuality } from './detection/quality.mjs';
import { cleanTexts, microseconds, once, rate, typicalRequest } from './detection/speed.mjs';

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
    '\nThe two models were trained on these texts: what held-out ones come to is printed by scripts/train-*.mjs, and for injections below.',
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
  console.log('\n## Injections held out of the training\n');
  printHeldOut();
}

function line(name, value) {
  console.log(`${name.padEnd(26)} ${value.padStart(7)}`);
}

function secretsOf(count) {
  return Array.from({ length: count }, (_, i) => ({
    name: `N${i}`,
    value: `v${i}x${(i * 7919).toString(36)}Qw8Er7Ty6Ui5Op4${i}`,
  }));
}

function speed() {
  console.log('\n## Speed, MB a second of processor time, every outbound detector on, 5 known secrets\n');
  const scan = (text) => scanner.scan(text, 'body');
  const texts = cleanTexts(1 << 20);
  for (const [name, text] of texts) line(name, rate(scan, text).toFixed(0));
  const source = texts.find(([name]) => name === 'source code')[1];
  for (const count of [1, 10, 100, 1000]) {
    const many = createScanner(outbound, { knownSecrets: secretsOf(count) });
    line(`source, ${count} known secrets`, rate((text) => many.scan(text, 'body'), source).toFixed(0));
  }
  console.log('\n## A request of 1 KB: its head in one text, its body; microseconds of processor time\n');
  const { head, body } = typicalRequest();
  line('head', microseconds(() => scanner.scan(head, 'header')).toFixed(1));
  line('body', microseconds(() => scanner.scan(body, 'body')).toFixed(1));
  hostile(scan);
}

/** How long inputs made to be slow take, by clean text of their length; those that the budget refuses are as long as it lets them. */
function hostile(scan) {
  const size = 1 << 14;
  const clean = cleanTexts(size).map(([, text]) => rate(scan, text, 40));
  const median = clean.sort((a, b) => a - b)[clean.length >> 1];
  const measured = [];
  let refused = 0;
  for (const [name, text] of hostileTexts([...new Set(triggersOf().keywords)], size)) {
    let result;
    const value = once(() => {
      result = scan(text);
    }, text);
    if (result.outcome === 'over-budget') refused += 1;
    measured.push([name, value < median / 5 ? rate(scan, text, 8) : value]);
  }
  measured.sort((a, b) => a[1] - b[1]);
  console.log(
    `\nslowest of ${measured.length} hostile inputs of 16 KB, by clean text (${median.toFixed(0)} MB/s; its slowest kind ${clean[0].toFixed(0)}); ${refused} were refused:`,
  );
  for (const [name, value] of measured.slice(0, 8))
    console.log(
      `  ${JSON.stringify(name).slice(0, 40).padEnd(42)} ${value.toFixed(1).padStart(6)}  ${(median / value).toFixed(1)} x  (${(clean[0] / value).toFixed(1)} x)`,
    );
}
