// npm run bench:detect [-- --providers] [-- --speed | --quality]: what the detectors find, what they cry wolf at, and how fast.
import { hostileSpeed } from './detection/hostile-speed.mjs';
import { printHeldOut } from './detection/injection-held-out.mjs';
import { injectionQuality, printInjection } from './detection/injection-quality.mjs';
import { printQuality, secretQuality } from './detection/quality.mjs';
import { loadScanners, secretsOf } from './detection/scanners.mjs';
import { cleanTexts, microseconds, rate, typicalRequest } from './detection/speed.mjs';

const only = (name) => process.argv.includes(`--${name}`);
const scanners = await loadScanners();
const scanner = scanners.outbound(secretsOf(5));

if (!only('speed')) quality();
if (!only('quality')) speed();

function quality() {
  console.log(
    '\nThe two models were trained on these texts: what held-out ones come to is printed by scripts/train-*.mjs, and for injections below.',
  );
  console.log('\n## Secrets (development corpus)\n');
  const secrets = secretQuality(
    (bytes) => scanner.scan(bytes, 'body'),
    (bytes) => scanners.redact(scanner, bytes, 'body').bytes,
  );
  if (secrets) printQuality(secrets, only('providers'));
  console.log('\n## Injections (development corpus)\n');
  const inbound = scanners.inbound();
  const injections = injectionQuality((bytes) => inbound.scan(bytes, 'body'));
  if (injections) printInjection(injections);
  console.log('\n## Injections held out of the training\n');
  printHeldOut();
}

function line(name, value) {
  console.log(`${name.padEnd(26)} ${value.padStart(7)}`);
}

function speed() {
  console.log('\n## Speed, MB a second of processor time, every outbound detector on, 5 known secrets\n');
  const scan = (text) => scanner.scan(text, 'body');
  const texts = cleanTexts(1 << 20);
  for (const [name, text] of texts) line(name, rate(scan, text).toFixed(0));
  const source = texts.find(([name]) => name === 'source code')[1];
  for (const count of [1, 10, 100, 1000]) {
    const many = scanners.outbound(secretsOf(count));
    line(`source, ${count} known secrets`, rate((text) => many.scan(text, 'body'), source).toFixed(0));
  }
  console.log('\n## A request of 1 KB: its head in one text, its body; microseconds of processor time\n');
  const { head, body } = typicalRequest();
  line('head', microseconds(() => scanner.scan(head, 'header')).toFixed(1));
  line('body', microseconds(() => scanner.scan(body, 'body')).toFixed(1));
  hostile('scanned', scan);
  const examined = scanners.examinations(scanner);
  hostile('examined as a body', examined.body, 5);
  hostile('examined as a header', examined.header, 5);
}

/** @param every one in so many is tried */
function hostile(how, scan, every = 1) {
  const { size, median, refused, tried, slowest } = hostileSpeed(scan, scanners.keywords, every);
  console.log(
    `\nslowest of ${tried} hostile inputs of ${size / 1024} KB, ${how}, by clean text (${median.toFixed(0)} MB/s); ${refused} were refused:`,
  );
  for (const { name, speed: value, times } of slowest.slice(0, 8))
    console.log(
      `  ${JSON.stringify(name).slice(0, 40).padEnd(42)} ${value.toFixed(1).padStart(6)}  ${times.toFixed(1)} x`,
    );
}
