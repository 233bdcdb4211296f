// How long from the command line to the agent's first instruction, by backend, beside what the sandbox alone costs.
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inPath } from '../setup.mjs';
import { summarize } from './shared/statistics.mjs';
import { dockerRows } from './start/docker.mjs';

const wholeCase = 'first-instruction';
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

/** Milliseconds until the first instruction, by the command's own word for when that was, and of each step that it tells. */
function once({ command, args, after = () => {} }, options) {
  const words = typeof args === 'function' ? args() : args;
  const before = microseconds();
  const { stdout, stderr, status } = spawnSync(command, words, { encoding: 'utf8', ...options });
  after();
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  const steps = [...stderr.matchAll(/^ +(\d+) ms {2}(.+)$/gm)].filter(
    ([, , name]) => !name.startsWith('in all'),
  );
  return {
    time: (Number(stdout.trim()) - before) / 1000,
    steps: steps.map(([, milliseconds, name]) => [name, Number(milliseconds)]),
  };
}

function writeBottle(home) {
  for (const folder of ['bottles', 'agents', 'workspace']) mkdirSync(join(home, folder));
  writeFileSync(
    join(home, 'bottles/bench.md'),
    '---\negress:\n  routes:\n    - host: api.example.com\n---\n',
  );
  if (process.getuid?.() === 0) {
    // No agent acts as root: the workspace is an ordinary user's, who comes as far as there.
    chmodSync(home, 0o711);
    chownSync(join(home, 'workspace'), 1000, 1000);
  }
  writeFileSync(join(home, 'agents/bench.md'), '---\nbottle: bench\n---\n');
}

/** Each row starts something; a backend is one row more. */
function rowsFor(root, home) {
  const workspace = ['--workspace', join(home, 'workspace')];
  const bottle = (backend, options = []) => ({
    command: process.execPath,
    args: [
      ...[join(root, 'dist/cli.js'), 'start', 'bench', '--backend', backend, ...options],
      ...['--timing', ...workspace, '--', ...firstInstruction],
    ],
  });
  const bwrap = inPath('bwrap') ? null : 'program bwrap';
  const bwrapVersion = spawnSync('bwrap', ['--version'], { encoding: 'utf8' }).stdout?.trim();
  return [
    {
      rig: {
        name: 'bot-bottle (bubblewrap)',
        title: 'bot-bottle start --backend bubblewrap',
        kind: 'ours',
        beside: ['bwrap alone', 'node alone'],
      },
      missing: bwrap,
      ...bottle('bubblewrap'),
    },
    {
      rig: { name: 'bwrap alone', title: 'bwrap alone', kind: 'limit', version: bwrapVersion },
      missing: bwrap,
      command: 'bwrap',
      args: [...bareSandbox, ...firstInstruction],
    },
    ...dockerRows(bottle, firstInstruction),
    {
      rig: { name: 'node alone', title: 'node that does nothing, then the shell', kind: 'limit' },
      missing: null,
      command: process.execPath,
      args: ['-e', bareNode],
    },
  ];
}

/** Of each row what it took, its time in each round, and why the last that failed did. */
function takeTimes(rows, rounds, { environment, say }) {
  const taken = rows.map(() => ({ good: [], times: [], errors: 0, failure: null }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, row] of rows.entries()) {
      const mine = taken[index];
      try {
        const one = once(row, { env: environment });
        // The first round builds images and fills the page cache.
        if (round > 0) mine.good.push(one);
        if (round > 0) mine.times.push(one.time);
      } catch (error) {
        if (round > 0) mine.times.push(null);
        mine.errors += 1;
        mine.failure = error.message.split('\n', 1)[0];
        say(`  ${row.rig.name}: ${mine.failure}`);
      }
    }
  }
  return taken;
}

function resultOf({ good, times, errors, failure }) {
  const figures = good.length > 0 ? { time: summarize(times) } : {};
  return { figures, errors, failure };
}

/** A step's time, and its share of the whole. */
function summarizeStep(good, name) {
  const own = good.map(({ steps }) => steps.find(([one]) => one === name)?.[1] ?? 0);
  const summary = summarize(own);
  return { ...summary, share: summary.median / summarize(good.map(({ time }) => time)).median };
}

/** For each of our rigs a case of its own: backends have other steps. */
function stepCases(rows, taken) {
  return rows.flatMap(({ rig }, index) => {
    const { good } = taken[index];
    const names = (good[0]?.steps ?? []).map(([name]) => name);
    if (rig.kind !== 'ours' || names.length === 0) return [];
    return [
      {
        name: `steps of ${rig.name}`,
        title: `Of it, until each step had ended after the one before, and its share: ${rig.name}`,
        figures: Object.fromEntries(
          names.map((name) => [name, { title: name, unit: 'ms', better: 'lower', guard: false }]),
        ),
        results: {
          [rig.name]: {
            figures: Object.fromEntries(names.map((name) => [name, summarizeStep(good, name)])),
            errors: 0,
            failure: null,
          },
        },
      },
    ];
  });
}

export async function measure({ root, quick, only = {}, rounds: wanted, say }) {
  if (only.cases?.includes(wholeCase) === false) return null;
  const home = mkdtempSync(join(tmpdir(), 'bot-bottle-bench-'));
  const rounds = wanted ?? (quick ? 3 : 11);
  try {
    writeBottle(home);
    const all = rowsFor(root, home).filter(({ rig }) => only.rigs?.includes(rig.name) ?? true);
    const rows = all.filter(({ missing }) => missing === null);
    if (rows.length === 0) return null;
    const environment = {
      ...process.env,
      BOT_BOTTLE_HOME: home,
      XDG_STATE_HOME: home,
      BOT_BOTTLE_BACKEND: '',
    };
    const taken = takeTimes(rows, rounds, { environment, say });
    const results = rows.map(({ rig }, index) => [rig.name, resultOf(taken[index])]);
    return {
      name: 'start',
      title: 'The start of a bottle',
      rounds,
      rigs: rows.map(({ rig }) => rig),
      absent: all.filter((row) => !rows.includes(row)).map(({ rig, missing }) => ({ ...rig, missing })),
      cases: [
        {
          name: wholeCase,
          title: "From the command line to the agent's first instruction",
          figures: { time: { unit: 'ms', better: 'lower' } },
          results: Object.fromEntries(results),
        },
        ...stepCases(rows, taken),
      ],
    };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
