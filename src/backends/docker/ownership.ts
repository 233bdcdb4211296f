import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Marks the process that runs a bottle: machine, number, and where the system tells it the time of start. */
export function ownMark(): string {
  return `${hostname()}/${process.pid}/${startOf(process.pid)}`;
}

/** What has become of the process that a mark names; one of another machine can't be known. */
export function ownerState(mark: string): 'alive' | 'gone' | 'elsewhere' {
  const [host, pid = '', started] = mark.split('/');
  if (host !== hostname()) return 'elsewhere';
  try {
    process.kill(Number(pid), 0);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ESRCH') return 'gone';
  }
  // A machine may hide other users' processes (proc(5), hidepid): that there is one is all we know then.
  const found = startOf(Number(pid));
  return found === '' || found === started ? 'alive' : 'gone';
}

/** Clock ticks after boot (proc(5), /proc/PID/stat, field 22); empty where there is no such file. */
function startOf(pid: number): string {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return fields[19] ?? '';
  } catch {
    return '';
  }
}
