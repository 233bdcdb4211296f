// Starts and stops the engine of the tests, and clears what an earlier one left.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { addresses, bridgeName, places } from './places.mjs';
import { callEngine, processesWith, run, succeeds } from './tools.mjs';

export async function answers() {
  try {
    return (await callEngine('GET', '/_ping')).status === 200;
  } catch {
    return false;
  }
}

/** Pid of the running engine, told from a stale pid file by what the process is. */
export function runningPid() {
  try {
    const pid = Number(readFileSync(places.pidFile, 'utf8'));
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(places.pidFile) ? pid : null;
  } catch {
    return null;
  }
}

export async function startDaemon(runsc, runtimeArgs) {
  await clearLeftovers();
  for (const folder of [places.run, places.data, places.exec])
    mkdirSync(folder, { recursive: true, mode: 0o711 });
  const configuration = runsc ? { runtimes: { runsc: { path: runsc, runtimeArgs } } } : {};
  writeFileSync(places.configuration, JSON.stringify(configuration));
  makeBridge();
  const log = openSync(places.log, 'w');
  const options = [
    `--config-file=${places.configuration}`,
    `--data-root=${places.data}`,
    `--exec-root=${places.exec}`,
    `--pidfile=${places.pidFile}`,
    `--host=unix://${places.socket}`,
    `--bridge=${bridgeName}`,
    `--default-address-pool=base=${addresses.pool},size=${addresses.poolSize}`,
    '--shutdown-timeout=3',
  ];
  const child = spawn('dockerd', options, { detached: true, stdio: ['ignore', log, log] });
  child.unref();
  const deadline = performance.now() + 60_000;
  while (!(await answers())) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`dockerd did not start:\n${readFileSync(places.log, 'utf8').slice(-4000)}`);
    await wait(100);
  }
}

function makeBridge() {
  if (!succeeds('ip', ['link', 'show', bridgeName])) run('ip', ['link', 'add', bridgeName, 'type', 'bridge']);
  run('ip', ['address', 'replace', addresses.bridge, 'dev', bridgeName]);
  run('ip', ['link', 'set', bridgeName, 'up']);
}

/** Ends the engine by its pid file, then whatever of it a crash left. */
export async function stopDaemon() {
  const pid = runningPid();
  if (pid !== null) {
    process.kill(pid, 'SIGTERM');
    await gone(pid, 20_000);
  }
  await clearLeftovers();
}

async function gone(pid, milliseconds) {
  const deadline = performance.now() + milliseconds;
  while (existsSync(`/proc/${pid}`)) {
    if (performance.now() > deadline) {
      process.kill(pid, 'SIGKILL');
      return;
    }
    await wait(50);
  }
}

async function clearLeftovers() {
  // Only processes that were started with this engine's own folders: containerd, its shims, a hung dockerd.
  for (const pid of processesWith(places.run)) {
    try {
      process.kill(pid, 'SIGKILL');
      await gone(pid, 5_000);
    } catch {}
  }
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${places.run}/`) || path.startsWith(`${places.data}/`));
  for (const path of mounts.reverse()) succeeds('umount', ['-l', path]);
  rmSync(places.run, { recursive: true, force: true });
  for (const link of JSON.parse(run('ip', ['-json', 'address', 'show', 'type', 'bridge']) || '[]')) {
    const ours =
      link.ifname === bridgeName ||
      (link.addr_info ?? []).some(({ local }) => local?.startsWith(addresses.poolPrefix));
    if (ours) succeeds('ip', ['link', 'delete', link.ifname]);
  }
  clearRules();
}

/** Rules that an engine which was killed left behind: those that name our addresses or our bridge. */
function clearRules() {
  for (const table of ['nat', 'filter', 'raw']) {
    let rules = [];
    try {
      rules = run('iptables', ['-w', '-t', table, '-S']).split('\n');
    } catch {
      continue;
    }
    for (const rule of rules) {
      if (
        !rule.startsWith('-A ') ||
        !(rule.includes(addresses.poolPrefix) || rule.includes(bridgeName) || rule.includes('10.213.0.'))
      )
        continue;
      succeeds('iptables', ['-w', '-t', table, '-D', ...rule.slice(3).split(' ')]);
    }
  }
}
