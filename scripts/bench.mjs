// npm run bench [-- NAME... [options]]: runs the measurements in scripts/bench, prints one table and stores it in docs.
import { readdirSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuild, ensureDependencies, ensureNode, fail, root, say } from './setup.mjs';

const usage = `npm run bench [-- NAME... [options]]: all, or only the measurements named (proxy, detectors, start), whose part of the table is stored anew
  --quick            shorter rounds, fewer of them, no growth cases, fewer peers: under two minutes; stored by itself
  --check            compares the ratios with docs/benchmarks.json, with --quick docs/benchmarks-quick.json, and stores
                     nothing; fails (1) where one fell by more than a quarter, 2 where that can't be told: other
                     processes kept the machine too busy, or what fell scattered too much, or fell beside
                     one other alone, which is quicker then
  --install-peers    installs the proxies to compare with (apt-get, npm) first
  --rig, --case NAME only these (may be repeated); a part is printed, and stored in .cache/bench
  --rounds N         instead of the usual number
  --profile DIR      the sidecar writes its processor profile there`;

/** Of what is looked at by itself. */
const roundsAgain = 7;

function readWords() {
  const options = {
    quick: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    'install-peers': { type: 'boolean', default: false },
    rig: { type: 'string', multiple: true },
    case: { type: 'string', multiple: true },
    rounds: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  };
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    return { ...values, names: positionals };
  } catch (error) {
    fail(error.message, usage);
  }
}

function machine() {
  return {
    cpu: cpus()[0]?.model ?? 'unknown processor',
    cores: availableParallelism(),
    memory: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${release()} ${process.arch}`,
    node: process.versions.node,
  };
}

async function run(names, { quick, only, rounds, profile }) {
  const parts = [];
  const date = new Date().toISOString().slice(0, 10);
  for (const name of names) {
    const { measure } = await import(`./bench/${name}.mjs`);
    const started = performance.now();
    const part = await measure({ root, quick, only, rounds, profile, say });
    if (part !== null) parts.push({ ...part, date, seconds: (performance.now() - started) / 1000 });
  }
  return { date, machine: machine(), quick, parts };
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));
// Each program that is started listens for this process's end.
process.setMaxListeners(100);
const words = readWords();
if (words.help) {
  console.log(usage);
  process.exit(0);
}
ensureNode();
ensureDependencies();
ensureBuild();
const available = readdirSync(join(root, 'scripts/bench'))
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => file.replace(/\.mjs$/, ''));
const unknown = words.names.find((name) => !available.includes(name));
if (unknown !== undefined) fail(`there is no measurement '${unknown}'`, `one of: ${available.join(', ')}`);
if (words['install-peers']) (await import('./bench/proxy/peer-packages.mjs')).installPeers();

const { check } = await import('./bench/report/check.mjs');
const { printRun, storeRun, storedRun } = await import('./bench/report/store.mjs');
const stored = words.check ? storedRun(root, words) : null;
if (words.check && stored === null)
  fail('the table to compare with is not there', `npm run bench${words.quick ? ' -- --quick' : ''}`);
const settings = {
  quick: words.quick,
  only: { rigs: words.rig, cases: words.case },
  rounds: words.rounds === undefined ? undefined : Number(words.rounds),
  profile: words.profile,
};
const result = await run(words.names.length > 0 ? words.names : available, settings);
result.partial = Boolean(words.rig || words.case || words.rounds);
if (result.parts.length === 0) fail('nothing is left to measure', usage);
printRun(result);
if (stored === null) say(`stored in ${storeRun(root, result)}`);
else {
  const again = ({ parts, ...only }) => run(parts, { ...settings, rounds: roundsAgain, only });
  process.exitCode = await check(stored, result, { again, say });
}
