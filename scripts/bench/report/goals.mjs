// What the project wants the table to show, read out of a run, and what stands in the way where it doesn't.
import { obstacles } from './obstacles.mjs';

function find(run, part, caseName, rig, figure) {
  const benchCase = run.parts.find(({ name }) => name === part)?.cases.find(({ name }) => name === caseName);
  return benchCase?.results[rig]?.figures[figure]?.median;
}

const proxy = (run, ...place) => find(run, 'proxy', ...place);
const detectors = (run, caseName, figure) => find(run, 'detectors', caseName, 'bot-bottle', figure);
const start = (run, rig) => find(run, 'start', 'first-instruction', rig, 'time');

/** How many times another rig's figure ours is. */
function over(other, caseName = 'small-gets', figure = 'requests') {
  return (run, ours) => proxy(run, caseName, ours, figure) / proxy(run, caseName, other, figure);
}

function added(figure) {
  return (run, ours) =>
    proxy(run, 'one-connection', ours, figure) - proxy(run, 'one-connection', 'direct', figure);
}

/** The most over all cases. */
function peak(run, ours) {
  const cases = run.parts.find(({ name }) => name === 'proxy')?.cases ?? [];
  return Math.max(...cases.map(({ results }) => results[ours]?.peakMegabytes ?? Number.NEGATIVE_INFINITY));
}

/** Of the proxy with every detector on. */
const proxyGoals = [
  {
    name: 'mitmdump',
    title: 'small requests a second, beside mitmdump with its add-on',
    least: 15,
    unit: '×',
    value: over('mitmdump+scan'),
  },
  {
    name: 'squid',
    title: "small requests a second, beside squid's ssl-bump without a scan",
    least: 1.2,
    unit: '×',
    value: over('squid'),
  },
  {
    name: 'http-mitm-proxy',
    title: 'small requests a second, beside http-mitm-proxy tuned',
    least: 3,
    unit: '×',
    value: over('http-mitm-proxy tuned'),
  },
  {
    name: 'scan-cost',
    title: 'JSON posts of 1 KB, beside the same with DLP off',
    least: 0.85,
    unit: '×',
    value: over('bot-bottle-dlp-off', 'posts-1k'),
  },
  {
    name: 'p50',
    title: 'latency added at one connection, p50',
    most: 0.3,
    unit: 'ms',
    value: added('p50'),
  },
  { name: 'p99', title: 'latency added at one connection, p99', most: 2, unit: 'ms', value: added('p99') },
  {
    name: 'new-host',
    title: "a new host's first connection, p50",
    most: 5,
    unit: 'ms',
    value: (run, ours) => proxy(run, 'new-hosts', ours, 'p50'),
  },
  {
    name: 'down',
    title: '100 MB down, beside direct',
    least: 0.4,
    unit: '×',
    value: over('direct', '100-mb-down', 'rate'),
  },
  {
    name: 'rest',
    title: 'resident memory at rest',
    most: 90,
    unit: 'MB',
    value: (run, ours) => proxy(run, 'memory', ours, 'rest'),
  },
  {
    name: 'peak',
    title: 'resident memory at most, over every case',
    most: 160,
    unit: 'MB',
    value: peak,
  },
];

const detectorGoals = [
  {
    name: 'clean',
    title: 'clean JSON and source text scanned, the slowest of the kinds',
    least: 150,
    unit: 'MB/s',
    value: (run) =>
      Math.min(
        ...['JSON records', 'JSON of a model client', 'source code'].map(
          (kind) => detectors(run, 'outbound', kind) ?? Number.NaN,
        ),
      ),
  },
  {
    name: 'hostile',
    title: "the worst input, beside clean text's time",
    most: 10,
    unit: '×',
    value: (run) => detectors(run, 'hostile', 'times'),
  },
];

const startGoals = [
  {
    name: 'bubblewrap',
    rig: 'bot-bottle (bubblewrap)',
    title: 'start of a bottle in bubblewrap, p50',
    most: 400,
    unit: 'ms',
    value: start,
  },
  {
    name: 'docker',
    rig: 'bot-bottle (docker)',
    title: 'start of a bottle on a Docker engine, p50',
    most: 1500,
    unit: 'ms',
    value: start,
  },
  {
    name: 'docker-bare',
    rig: 'bot-bottle (docker)',
    title: "start of a bottle on a Docker engine, beside the engine's own two containers",
    most: 2,
    unit: '×',
    value: (run, ours) => start(run, ours) / start(run, 'docker run twice (runc)'),
  },
];

function judge(run, { name, title, unit, least, most, value: valueIn }, rig) {
  const value = valueIn(run, rig);
  if (!Number.isFinite(value)) return [];
  const met = least === undefined ? value <= most : value >= least;
  return [{ name, title, rig, value, unit, least, most, met, why: met ? null : (obstacles[name] ?? null) }];
}

/** Each goal that this run has the figures for. */
export function judgeGoals(run) {
  const scanning = run.parts.find(({ name }) => name === 'proxy')?.rigs.filter(({ detectors: on }) => on);
  return [
    ...(scanning ?? []).flatMap(({ name }) => proxyGoals.flatMap((goal) => judge(run, goal, name))),
    ...detectorGoals.flatMap((goal) => judge(run, goal, 'bot-bottle')),
    ...startGoals.flatMap((goal) => judge(run, goal, goal.rig)),
  ];
}
