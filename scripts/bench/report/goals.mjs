// What the project wants the table to show, read out of a run.

function find(run, part, caseName, rig, figure) {
  const benchCase = run.parts.find(({ name }) => name === part)?.cases.find(({ name }) => name === caseName);
  return benchCase?.results[rig]?.figures[figure]?.median;
}

const proxy = (run, caseName, rig, figure) => find(run, 'proxy', caseName, rig, figure);

function over(other) {
  return (run, ours) =>
    proxy(run, 'small-gets', ours, 'requests') / proxy(run, 'small-gets', other, 'requests');
}

function added(figure) {
  return (run, ours) =>
    proxy(run, 'one-connection', ours, figure) - proxy(run, 'one-connection', 'direct', figure);
}

/** The most over all cases but the one that opens a thousand tunnels, whose line is its own. */
function peak(run, ours) {
  const cases = run.parts.find(({ name }) => name === 'proxy')?.cases ?? [];
  return Math.max(...cases.map(({ results }) => results[ours]?.peakMegabytes ?? Number.NEGATIVE_INFINITY));
}

const goals = [
  {
    title: 'small requests a second, beside mitmdump with its add-on',
    least: 15,
    unit: '×',
    value: over('mitmdump+scan'),
  },
  {
    title: "small requests a second, beside squid's ssl-bump without a scan",
    least: 1.2,
    unit: '×',
    value: over('squid'),
  },
  {
    title: 'small requests a second, beside http-mitm-proxy tuned',
    least: 3,
    unit: '×',
    value: over('http-mitm-proxy tuned'),
  },
  { title: 'latency added at one connection, p50', most: 0.3, unit: 'ms', value: added('p50') },
  { title: 'latency added at one connection, p99', most: 2, unit: 'ms', value: added('p99') },
  {
    title: "a new host's first connection, p50",
    most: 5,
    unit: 'ms',
    value: (run, ours) => proxy(run, 'new-hosts', ours, 'p50'),
  },
  {
    title: '100 MB down, beside direct',
    least: 0.4,
    unit: '×',
    value: (run, ours) =>
      proxy(run, '100-mb-down', ours, 'rate') / proxy(run, '100-mb-down', 'direct', 'rate'),
  },
  {
    title: 'resident memory at rest',
    most: 90,
    unit: 'MB',
    value: (run, ours) => proxy(run, 'memory', ours, 'rest'),
  },
  { title: 'resident memory at most, over every case', most: 160, unit: 'MB', value: peak },
];

const start = (run, rig) => find(run, 'start', 'first-instruction', rig, 'time');

/** Of the start, each for one rig. */
const startGoals = [
  { rig: 'bot-bottle (bubblewrap)', title: 'start of a bottle in bubblewrap, p50', most: 400 },
  { rig: 'bot-bottle (docker)', title: 'start of a bottle on a Docker engine, p50', most: 1500 },
].map((goal) => ({ ...goal, unit: 'ms', value: start }));
const bareGoal = {
  rig: 'bot-bottle (docker)',
  title: "start of a bottle on a Docker engine, beside the engine's own two containers",
  most: 2,
  unit: '×',
  value: (run, ours) => start(run, ours) / start(run, 'docker run twice (runc)'),
};

function judge(run, goal, ours) {
  const value = goal.value(run, ours);
  if (!Number.isFinite(value)) return [];
  const met = goal.least === undefined ? value <= goal.most : value >= goal.least;
  const { title, unit, least, most } = goal;
  return [{ title, rig: ours, value, unit, least, most, met }];
}

/** Each goal that this run has the figures for, judged for each of our rigs. */
export function judgeGoals(run) {
  const ours =
    run.parts.find(({ name }) => name === 'proxy')?.rigs.filter(({ kind }) => kind === 'ours') ?? [];
  return [
    ...ours.flatMap((rig) => goals.flatMap((goal) => judge(run, goal, rig.name))),
    ...[...startGoals, bareGoal].flatMap((goal) => judge(run, goal, goal.rig)),
  ];
}
