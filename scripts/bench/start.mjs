// How long from the command line to the agent's first instruction, by backend, beside what the sandbox alone costs.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inPath } from '../setup.mjs';
import { summarize } from './shared/statistics.mjs';

const firstInstruction = ['bash', '-c', 'echo $(($(date +%s%N) / 1000))'];
const bareSandbox = [
  ['--unshare-all'],
  ['--ro-bind', '/usr', '/usr'],
  ['--symlink', 'usr/bin', '/bin'],
  ['--symlink', 'usr/lib', '/lib'],
  ['--symlink', 'usr/lib64', '/lib64'],
  ['--proc', '/proc'],
  ['--dev', '/dev'],
].flat();
const bareNode = `require('child_process').spawnSync('bash', ${JSON.stringify(firstInstruction.slice(1))}, {stdio: 'inherit'})`;

function microseconds() {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

/** Milliseconds until the first instruction; the command's own word for when that was. */
function once(command, args, options) {
  const before = microseconds();
  const { stdout, stderr, status } = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return (Number(stdout.trim()) - before) / 1000;
}

function writeBottle(home) {
  for (const folder of ['bottles', 'agents', 'workspace']) mkdirSync(join(home, folder));
  writeFileSync(
    join(home, 'bottles/bench.md'),
    '---\negress:\n  routes:\n    - host: api.example.com\n---\n',
  );
  writeFileSync(join(home, 'agents/bench.md'), '---\nbottle: bench\n---\n');
}

/** Each row starts something; a backend is one row more. */
function rowsFor(root, home) {
  const workspace = ['--workspace', join(home, 'workspace')];
  const start = [join(root, 'dist/cli.js'), 'start', 'bench', '--backend', 'bubblewrap', ...workspace, '--'];
  return [
    {
      rig: { name: 'bot-bottle (bubblewrap)', title: 'bot-bottle start --backend bubblewrap', kind: 'ours' },
      needs: 'bwrap',
      command: process.execPath,
      args: [...start, ...firstInstruction],
    },
    {
      rig: { name: 'bwrap alone', title: 'bwrap alone', kind: 'limit' },
      needs: 'bwrap',
      command: 'bwrap',
      args: [...bareSandbox, ...firstInstruction],
    },
    {
      rig: { name: 'node alone', title: 'node that does nothing, then the shell', kind: 'limit' },
      command: process.execPath,
      args: ['-e', bareNode],
    },
  ];
}

function takeTimes(rows, rounds, environment) {
  const times = rows.map(() => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, { command, args }] of rows.entries()) {
      const time = once(command, args, { env: environment });
      // The first round fills the page cache.
      if (round > 0) times[index].push(time);
    }
  }
  return times;
}

export async function measure({ root, quick }) {
  const home = mkdtempSync(join(tmpdir(), 'bot-bottle-bench-'));
  const rounds = quick ? 5 : 21;
  try {
    writeBottle(home);
    const all = rowsFor(root, home);
    const rows = all.filter(({ needs }) => needs === undefined || inPath(needs));
    const times = takeTimes(rows, rounds, {
      ...process.env,
      BOT_BOTTLE_HOME: home,
      XDG_STATE_HOME: home,
      BOT_BOTTLE_BACKEND: '',
    });
    const results = rows.map(({ rig }, index) => [
      rig.name,
      { figures: { time: summarize(times[index]) }, errors: 0, failure: null },
    ]);
    return {
      name: 'start',
      title: 'The start of a bottle',
      rounds,
      rigs: rows.map(({ rig }) => rig),
      absent: all
        .filter((row) => !rows.includes(row))
        .map(({ rig, needs }) => ({ ...rig, missing: `program ${needs}` })),
      cases: [
        {
          name: 'first-instruction',
          title: "From the command line to the agent's first instruction",
          figures: { time: { unit: 'ms', better: 'lower' } },
          results: Object.fromEntries(results),
        },
      ],
    };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
