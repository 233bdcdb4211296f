// Starts and stops the benchmark's processes and reads what they used from /proc.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

const ticksPerSecond = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout) || 100;

/** A port that nothing listens on now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a program; `stop` ends it and waits until it is gone. */
export function startProgram(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
  let errors = '';
  child.stderr.on('data', (part) => {
    errors = (errors + part).slice(-4000);
  });
  child.stdin.on('error', () => {});
  // However this process ends, what it started ends with it.
  const last = () => child.kill('SIGKILL');
  process.prependOnceListener('exit', last);
  const gone = new Promise((resolve) => {
    child.on('exit', (code) => {
      process.off('exit', last);
      resolve(code);
    });
    child.on('error', (error) => {
      errors += error.message;
      resolve(null);
    });
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
    await gone;
    clearTimeout(timer);
  };
  return { child, gone, stop, errors: () => errors };
}

/** The first line that a program started by {@link startProgram} prints, read as JSON; the rest is read and dropped. */
export async function firstLine(program) {
  const lines = createInterface({ input: program.child.stdout });
  const line = await Promise.race([
    once(lines, 'line').then(([text]) => text),
    program.gone.then((code) => {
      throw new Error(`ended with ${code} before it was ready: ${program.errors()}`);
    }),
  ]);
  lines.close();
  program.child.stdout.resume();
  return JSON.parse(line);
}

/** Waits until something accepts connections on a loopback port. */
export async function untilListening(port, program, limit = 20_000) {
  const end = Date.now() + limit;
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const open = await new Promise((resolve) => {
      socket.on('connect', () => resolve(true));
      socket.on('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    if (program.child.exitCode !== null || Date.now() > end) {
      throw new Error(`port ${port} never listened: ${program.errors()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function readFolder(path) {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** A process and all that it started. */
function processTree(pid) {
  const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean);
  return [pid, ...children.flatMap((child) => processTree(Number(child)))];
}

/** Seconds of processor time that the threads of these processes have used. */
export function cpuSeconds(pids) {
  let nanoseconds = 0;
  for (const pid of pids.flatMap(processTree)) {
    for (const thread of readFolder(`/proc/${pid}/task`)) {
      // The kernel's scheduler statistics: the first field is the time on a processor, finer than the ticks of `stat`.
      nanoseconds += Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ', 1)[0]);
    }
  }
  return nanoseconds / 1e9;
}

/** Seconds of processor time that the whole machine has used, by anyone. */
export function machineSeconds() {
  // proc(5): user, nice, system, idle, iowait, irq, softirq; steal is another machine's.
  const [user, nice, system, , , irq, softirq] = read('/proc/stat')
    .split('\n', 1)[0]
    .match(/\d+/g)
    .map(Number);
  return (user + nice + system + irq + softirq) / ticksPerSecond;
}

function memory(pids, field) {
  const pattern = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm');
  return pids
    .flatMap(processTree)
    .reduce((sum, pid) => sum + Number(pattern.exec(read(`/proc/${pid}/status`))?.[1] ?? 0), 0);
}

/** Resident megabytes now. */
export function residentMegabytes(pids) {
  return memory(pids, 'VmRSS') / 1024;
}

/** The most resident megabytes since {@link resetPeak}. */
export function peakMegabytes(pids) {
  return memory(pids, 'VmHWM') / 1024;
}

export function resetPeak(pids) {
  for (const pid of pids.flatMap(processTree)) {
    try {
      // proc(5): 5 sets the peak back to what is resident now.
      writeFileSync(`/proc/${pid}/clear_refs`, '5');
    } catch {
      // Gone, or not ours: its peak then counts from its start.
    }
  }
}
