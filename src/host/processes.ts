import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Duplex, Readable, Writable } from 'node:stream';
import type { Processes, RunOptions, RunResult, StartedProcess, StartOptions } from '../plan/ports.js';

/** The one place of the command line that starts processes. */
export const processes: Processes = { run, start };

/** Output beyond this is cut: what we run ourselves prints a few lines. */
const outputBound = 1024 * 1024;

function start(command: string, args: readonly string[], options: StartOptions = {}): StartedProcess {
  const child = spawn(command, [...args], {
    stdio: [...(options.stdio ?? ['ignore', 'pipe', 'pipe'])] as StdioOptions,
    detached: options.ownSession ?? false,
    ...(options.environment && { env: { ...options.environment } }),
    ...(options.workingDirectory !== undefined && { cwd: options.workingDirectory }),
    ...(options.user && { uid: options.user.uid, gid: options.user.gid }),
  });
  const exit = exitOf(child);
  // Whoever awaits it sees the failure; nobody awaiting it must not end the process.
  exit.catch(() => {});
  return {
    pid: child.pid ?? -1,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    pipe: (descriptor) => pipeOf(child, descriptor),
    exit,
    kill: (signal) => {
      child.kill(signal);
    },
  };
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

function pipeOf(child: ChildProcess, descriptor: number): Duplex | Readable | Writable {
  const pipe = child.stdio[descriptor];
  if (!pipe) throw new Error(`descriptor ${descriptor} of ${child.spawnfile} is no pipe`);
  return pipe;
}

async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { input, timeout, ...rest } = options;
  const started = start(command, args, {
    ...rest,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  // A program that ends without reading its input closes the pipe under us; its exit code tells the rest.
  started.stdin?.on('error', () => {});
  started.stdin?.end(input);
  const timer = timeout === undefined ? undefined : setTimeout(() => started.kill('SIGKILL'), timeout);
  try {
    const [stdout, stderr, exitCode] = await Promise.all([
      textOf(started.stdout),
      textOf(started.stderr),
      started.exit.catch(() => null),
    ]);
    return { exitCode, stdout, stderr };
  } finally {
    clearTimeout(timer);
  }
}

async function textOf(stream: Readable | null): Promise<string> {
  if (!stream) return '';
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size <= outputBound) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
