// npm test: sets up what is missing, runs every test that this machine allows, names those it skipped and why.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuild, ensureDependencies, ensureNode, ensurePackages, root } from './setup.mjs';

ensureNode();
ensurePackages({
  bwrap: 'bubblewrap',
  curl: 'curl',
  git: 'git',
  openssl: 'openssl',
  python3: 'python3',
  '../share/doc/python3-requests/copyright': 'python3-requests',
  faketime: 'faketime',
  tmux: 'tmux',
  ip: 'iproute2',
  zstd: 'zstd',
});
ensureDependencies();
ensureBuild();

const report = join(root, '.cache/test-report.json');
mkdirSync(join(root, '.cache'), { recursive: true });
rmSync(report, { force: true });
const { status } = spawnSync(
  join(root, 'node_modules/.bin/vitest'),
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
);

let results;
try {
  results = JSON.parse(readFileSync(report, 'utf8'));
} catch {
  console.log('error: the test runner wrote no report');
  process.exit(1);
}
const tests = results.testResults.flatMap(({ assertionResults }) => assertionResults);
const skipped = tests.filter(
  ({ status: outcome }) => outcome === 'skipped' || outcome === 'pending' || outcome === 'todo',
);
const failed = tests.filter(({ status: outcome }) => outcome === 'failed');
const brokenFiles = results.testResults.filter(
  ({ status: outcome, assertionResults }) =>
    outcome === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
);
const passed = tests.length - skipped.length - failed.length;
for (const { fullName } of skipped) console.log(`skipped: ${fullName}`);
for (const { name, message } of brokenFiles) console.log(`failed: ${name}: ${message.split('\n')[0]}`);
console.log(`${passed} passed, ${failed.length + brokenFiles.length} failed, ${skipped.length} skipped`);
if (process.env.BOT_BOTTLE_SKIPS_FAIL === '1' && skipped.length > 0) {
  console.error('error: BOT_BOTTLE_SKIPS_FAIL=1 makes a skipped test a failure');
  process.exit(1);
}
process.exit(status === 0 && passed > 0 ? 0 : 1);
