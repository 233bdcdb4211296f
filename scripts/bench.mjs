// npm run bench [-- NAME... [options]]: runs the measurements in scripts/bench, prints one table and stores it in docs.
import { readdirSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuild, ensureDependencies, ensureNode, fail, root, say } from './setup.mjs';

const usage = `npm run bench [-- NAME... [options]]: all, or only the measurements named (proxy, start), whose part of the table is stored anew
  --quick            shorter rounds, fewer of them, no growth cases: under two minutes
  --check            compares the ratios with docs/benchmarks.json; fails (1) where one fell by more than a quarter,
                     2 where other processes kept the machine too busy to tell
  --install-peers    installs the proxies to compare with (apt-get, npm) first
  --rig, --case NAME only these (may be repeated); a part is printed, and stored in .cache/bench
  --rounds N         instead of the usual number
  --profile DIR      the sidecar writes its processor profile there`;

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
  for (const name of names) {
    const { measure } = await import(`./bench/${name}.mjs`);
    parts.push(await measure({ root, quick, only, rounds, profile, say }));
  }
  return { date: new Date().toISOString().slice(0, 10), machine: machine(), quick, parts };
}

/** Cores that others may use meanwhile; beyond it a fall says more about them. */
const undisturbed = 0.5;

/**
 * A ratio that fell is measured once more by itself, in longer rounds. Returns the process's exit code: 1 where it fell
 * again, 2 where the machine was too busy to tell.
 */
async function check(stored, first, settings, { fallen }) {
  let missing = fallen(stored, first);
  if (missing.length > 0) {
    say(`${missing.length} ratios fell by more than a quarter: measuring those cases once more`);
    const cases = [...new Set(missing.map((ratio) => ratio.case))];
    const again = await run([...new Set(missing.map(({ part }) => part))], {
      ...settings,
      quick: false,
      rounds: 7,
      only: { ...settings.only, cases },
    });
    const still = new Set(fallen(stored, again).map(({ id }) => id));
    missing = missing.filter(({ id }) => still.has(id));
  }
  for (const { id, before, value } of missing)
    say(`fell: ${id}: ${before.toFixed(2)}× → ${value.toFixed(2)}×`);
  if (missing.length === 0) {
    say('check: no ratio fell by more than a quarter');
    return 0;
  }
  const busy = first.parts.find(({ busyElsewhere = 0 }) => busyElsewhere > undisturbed);
  say(busy ? `check: not judged. ${busy.note}` : 'check: failed');
  return busy ? 2 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));
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

const { fallen } = await import('./bench/report/ratios.mjs');
const { printRun, storeRun, storedRun } = await import('./bench/report/store.mjs');
const stored = words.check ? storedRun(root) : null;
if (words.check && stored === null) fail('docs/benchmarks.json is not there', 'npm run bench');
const settings = {
  quick: words.quick,
  only: { rigs: words.rig, cases: words.case },
  rounds: words.rounds === undefined ? undefined : Number(words.rounds),
  profile: words.profile,
};
const result = await run(words.names.length > 0 ? words.names : available, settings);
result.partial = Boolean(words.rig || words.case || words.rounds);
printRun(result);
if (stored !== null) process.exitCode = await check(stored, result, settings, { fallen });
else say(`stored in ${storeRun(root, result)}`);
