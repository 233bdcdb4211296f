import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type TerminalStep =
  | readonly ['send', string]
  | readonly ['expect', string]
  | readonly ['resize', rows: number, columns: number];

export interface Conversation {
  readonly code: number;
  readonly output: string;
  /** What the shell that owns the terminal would read next: nothing, unless someone pushed it in. */
  readonly pending: string;
  readonly modesRestored: boolean;
  /** Device number of the operator's terminal. */
  readonly terminal: number;
  readonly failure: string | null;
}

interface DriveOptions {
  readonly uid: number;
  readonly gid: number;
  readonly environment: Readonly<Record<string, string>>;
}

const program = join(dirname(dirname(fileURLToPath(import.meta.url))), 'fixtures/terminal/drive.py');

/** Runs a command on a terminal of its own and goes through the steps with it. */
export async function drive(
  command: readonly string[],
  steps: readonly TerminalStep[],
  { uid, gid, environment }: DriveOptions,
): Promise<Conversation> {
  // By its text: an ordinary user may not be able to read the checkout.
  const child = spawn('/usr/bin/python3', ['-c', readFileSync(program, 'utf8'), ...command], {
    uid,
    gid,
    env: { ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(steps));
  let output = '';
  for await (const chunk of child.stdout) output += chunk;
  return JSON.parse(output) as Conversation;
}
