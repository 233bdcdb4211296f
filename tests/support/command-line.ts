import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Playground } from './bottles.js';

/** Runs one of our commands as a playground's operator, to its end. */
export async function runOurs({ environment, operator, folder, commandLine }: Playground, ...args: string[]) {
  const [node, cli = ''] = commandLine([]);
  const child = spawn(node, [cli, ...args], {
    env: environment,
    uid: operator.uid,
    gid: operator.gid,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}
