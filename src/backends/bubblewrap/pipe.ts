import { once } from 'node:events';
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { Processes } from '../../plan/ports.js';
import { systemPath } from './system-path.js';

/** Both ends of a pipe, each an opening of its own: ours doesn't block, the agent's does. */
export interface Pipe {
  readonly ours: number;
  readonly agents: number;
}

/** The right side of a pipeline says who it is and lives until we have opened its input for ourselves. */
const holder = ": | exec sh -c 'exec 5<&0; echo $$ >&3; read end <&4'";

/**
 * Makes a pipe, for which Node has no call of its own: what it calls a pipe is a socket, and that can't be opened by
 * /dev/stdin. A shell makes one, and we take it from there. (A named pipe would do, but for one thing: it can't be
 * opened once its other end has closed.)
 */
export async function openPipe(processes: Processes, direction: 'to agent' | 'from agent'): Promise<Pipe> {
  const shell = processes.start('sh', ['-c', holder], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    environment: { PATH: systemPath },
  });
  const end = shell.pipe(4) as Writable;
  end.on('error', () => {});
  try {
    const [said] = await once(shell.pipe(3) as Readable, 'data');
    const path = `/proc/${Number(String(said))}/fd/5`;
    const [ours, agents] =
      direction === 'to agent'
        ? [constants.O_WRONLY, constants.O_RDONLY]
        : [constants.O_RDONLY, constants.O_WRONLY];
    return { ours: openEnd(path, ours | constants.O_NONBLOCK), agents: openEnd(path, agents) };
  } finally {
    end.end('\n');
  }
}

function openEnd(path: string, flags: number): number {
  const descriptor = openSync(path, flags);
  if (fstatSync(descriptor).isFIFO()) return descriptor;
  closeSync(descriptor);
  throw new Error('the shell made no pipe');
}
