// The detectors by themselves, on one core: megabytes a second of clean text, as known secrets grow, and at its worst.
// They run from the sources, in this process; times are of the processor.
import { hostileSpeed } from '../detection/hostile-speed.mjs';
import { loadScanners, secretsOf } from '../detection/scanners.mjs';
import { cleanTexts, microseconds, rate, typicalRequest } from '../detection/speed.mjs';
import { summarize } from './shared/statistics.mjs';

const ours = {
  name: 'bot-bottle',
  title: 'every detector on, 5 known secrets',
  kind: 'ours',
  detectors: true,
};
const onePass = {
  name: 'one pass',
  title: 'the least that looks at every byte: a sum over them in JavaScript',
  kind: 'limit',
};
const usualSecrets = 5;
const secretCounts = [1, 10, 100, 1000];

function sumOf(text) {
  let sum = 0;
  for (let at = 0; at < text.length; at += 1) sum = (sum * 31 + text[at]) | 0;
  return sum;
}

const megabytes = (title) => ({ title, unit: 'MB/s', better: 'higher' });

/** A case of clean texts, each scanned by our rig and by one pass. `texts` are of `[title, text, scan]`. */
function textCase(name, title, texts) {
  return {
    name,
    title,
    figures: Object.fromEntries(texts.map(([kind]) => [kind, megabytes(kind)])),
    take: () => ({
      [ours.name]: Object.fromEntries(texts.map(([kind, text, scan]) => [kind, rate(scan, text, 3)])),
      [onePass.name]: Object.fromEntries(texts.map(([kind, text]) => [kind, rate(sumOf, text, 3)])),
    }),
  };
}

function requestCase(scanner) {
  const parts = Object.entries(typicalRequest());
  const surfaces = { head: 'header', body: 'body' };
  const figuresOf = (call) =>
    Object.fromEntries(parts.map(([name, text]) => [name, microseconds(() => call(text, surfaces[name]))]));
  return {
    name: 'request',
    title: 'What a model client sends: a head of 13 lines, a body of 1 KB',
    figures: Object.fromEntries(parts.map(([name]) => [name, { title: name, unit: 'µs', better: 'lower' }])),
    take: () => ({
      [ours.name]: figuresOf((text, surface) => scanner.scan(text, surface)),
      [onePass.name]: figuresOf(sumOf),
    }),
  };
}

/** Once only: its thousands of inputs are its rounds. */
function hostileCase(scan, keywords, every) {
  return {
    name: 'hostile',
    title: 'The worst of the inputs made to be slow, 16 KB each',
    once: true,
    figures: {
      slowest: { ...megabytes('the slowest'), guard: false },
      times: { title: "as a multiple of clean text's time", unit: '×', better: 'lower', guard: false },
      tried: { title: 'inputs tried', unit: 'inputs', better: 'higher', guard: false },
      refused: { title: 'refused by the budget', unit: 'inputs', better: 'lower', guard: false },
    },
    take: () => {
      const { slowest, refused, tried } = hostileSpeed(scan, keywords, every);
      const { speed, times } = slowest[0];
      return { [ours.name]: { slowest: speed, times, tried, refused } };
    },
  };
}

async function makeCases(quick) {
  const scanners = await loadScanners();
  const usual = scanners.outbound(secretsOf(usualSecrets));
  const inbound = scanners.inbound();
  const scan = (scanner) => (text) => scanner.scan(text, 'body');
  const texts = cleanTexts(1 << 20);
  const source = texts.find(([kind]) => kind === 'source code')[1];
  const growing = secretCounts.map((count) => [
    String(count),
    source,
    scan(scanners.outbound(secretsOf(count))),
  ]);
  const clean = (scanner) => texts.map(([kind, text]) => [kind, text, scan(scanner)]);
  return [
    textCase('outbound', 'Clean text, every outbound detector on', clean(usual)),
    textCase('inbound', 'Clean text, every inbound detector on', clean(inbound)),
    textCase('grow-secrets', 'Source code, outbound, as the known secrets grow', growing),
    requestCase(usual),
    hostileCase(scan(usual), scanners.keywords, quick ? 10 : 1),
  ];
}

function joinFigures(figures, taken) {
  const names = Object.keys(figures).filter((name) => taken.every((one) => name in one));
  return Object.fromEntries(names.map((name) => [name, summarize(taken.map((one) => one[name]))]));
}

export async function measure({ quick, only = {}, rounds: wanted }) {
  const rounds = wanted ?? (quick ? 3 : 5);
  const all = await makeCases(quick);
  const cases = only.cases ? all.filter(({ name }) => only.cases.includes(name)) : all;
  if (cases.length === 0 || only.rigs?.includes(ours.name) === false) return null;
  const taken = cases.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, benchCase] of cases.entries()) {
      if (round === 0 || !benchCase.once) taken[index].push(benchCase.take());
    }
  }
  return {
    name: 'detectors',
    title: 'The detectors, on one core',
    rounds,
    rigs: [ours, onePass],
    cases: cases.map(({ name, title, figures }, index) => ({
      name,
      title,
      figures,
      results: Object.fromEntries(
        Object.keys(taken[index][0]).map((rig) => [
          rig,
          {
            figures: joinFigures(
              figures,
              taken[index].map((one) => one[rig]),
            ),
            errors: 0,
            failure: null,
          },
        ]),
      ),
    })),
  };
}
