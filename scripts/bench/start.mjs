// How long from the command line to the agent's first instruction, by backend, beside what the sandbox alone costs.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const firstInstruction = ['bash', '-c', 'echo $(($(date +%s%N) / 1000))'];
const bareSandbox = [
  '--unshare-all',
  '--ro-bind',
  '/usr',
  '/usr',
  '--symlink',
  'usr/bin',
  '/bin',
  '--symlink',
  'usr/lib',
  '/lib',
  '--symlink',
  'usr/lib64',
  '/lib64',
  '--proc',
  '/proc',
  '--dev',
  '/dev',
];

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

function summary(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(0).padStart(6);
  return `${at(0.5)} ${at(0.9)} ${at(0)} ${at(1)}`;
}

export async function measure({ root, quick }) {
  const home = mkdtempSync(join(tmpdir(), 'bot-bottle-bench-'));
  try {
    mkdirSync(join(home, 'bottles'));
    mkdirSync(join(home, 'agents'));
    mkdirSync(join(home, 'workspace'));
    writeFileSync(
      join(home, 'bottles/bench.md'),
      '---\negress:\n  routes:\n    - host: api.example.com\n---\n',
    );
    writeFileSync(join(home, 'agents/bench.md'), '---\nbottle: bench\n---\n');
    const start = [
      join(root, 'dist/cli.js'),
      'start',
      'bench',
      '--backend',
      'bubblewrap',
      '--workspace',
      join(home, 'workspace'),
      '--',
      ...firstInstruction,
    ];
    const rows = [
      ['bot-bottle start (bubblewrap)', process.execPath, start],
      ['bwrap alone', 'bwrap', [...bareSandbox, ...firstInstruction]],
      [
        'node that does nothing, then the shell',
        process.execPath,
        [
          '-e',
          `require('child_process').spawnSync('bash', ${JSON.stringify(firstInstruction.slice(1))}, {stdio: 'inherit'})`,
        ],
      ],
    ];
    const rounds = quick ? 5 : 21;
    const times = rows.map(() => []);
    for (let round = 0; round <= rounds; round += 1) {
      rows.forEach(([, command, args], index) => {
        const time = once(command, args, {
          env: { ...process.env, BOT_BOTTLE_HOME: home, BOT_BOTTLE_BACKEND: '' },
        });
        // The first round fills the page cache.
        if (round > 0) times[index].push(time);
      });
    }
    console.log(
      `Start: milliseconds from the command line to the agent's first instruction, ${rounds} interleaved rounds`,
    );
    console.log(
      `${''.padEnd(40)} ${'p50'.padStart(6)} ${'p90'.padStart(6)} ${'least'.padStart(6)} ${'most'.padStart(6)}`,
    );
    for (const [index, [name]] of rows.entries()) console.log(`${name.padEnd(40)} ${summary(times[index])}`);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
