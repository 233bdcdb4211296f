import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { constants } from 'node:os';
import type { InitConfiguration } from '../contract/init.js';
import type { Control } from './control.js';

/** As a shell answers them (POSIX 2.8.2). */
const notExecutable = 126;
const notFound = 127;

/** What a terminal sends to the whole foreground group: the agent's business, not ours. */
const terminalSignals = ['SIGINT', 'SIGQUIT', 'SIGTSTP', 'SIGHUP'] as const;

/** Runs the agent's command to its end; answers its exit code, or 128 and the signal's number. */
export function runAgent(
  { command, environment, workingDirectory }: InitConfiguration,
  control: Control,
): Promise<number> {
  for (const signal of terminalSignals) process.on(signal, () => {});
  const [program = '', ...args] = command;
  return new Promise((resolve) => {
    const agent = spawn(program, args, { stdio: 'inherit', env: environment, cwd: workingDirectory });
    control.onSignal((signal) => agent.kill(signal));
    agent.once('spawn', () => control.send({ type: 'started' }));
    agent.once('error', async (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT';
      await control.send({ type: 'started' });
      writeSync(2, `bot-bottle: ${program}: ${missing ? 'not found in the bottle' : reasonOf(error)}\n`);
      resolve(missing ? notFound : notExecutable);
    });
    agent.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EACCES') return 'not executable';
  if (code === 'ENOEXEC') return 'not a program of this machine, nor a script with #!';
  return message;
}
