import { readFileSync } from 'node:fs';

/** A process beyond doubt: a number is given out again, but not with the same time of start. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot (proc(5), /proc/PID/stat, field 22); empty where it may not be read. */
  readonly started: string;
}

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, started: startOf(process.pid) ?? '' };
}

/** undefined: there is none of that number here. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  return isThere(pid) ? { pid, started: startOf(pid) ?? '' } : undefined;
}

export function isAlive({ pid, started }: ProcessIdentity): boolean {
  const found = startOf(pid);
  return found === undefined ? started === '' && isThere(pid) : found === started;
}

/** Also where the machine hides other users' processes (proc(5), hidepid). */
function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function startOf(pid: number): string | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold anything; field 3 follows it.
    return status
      .slice(status.lastIndexOf(')') + 2)
      .split(' ')
      .at(19);
  } catch {
    return undefined;
  }
}
