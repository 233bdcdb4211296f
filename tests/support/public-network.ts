import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { buildProgram } from './program.js';

/** An Internet of the test's own: a network without any way out, with one public address, upstreams and names. */
export interface PublicNetwork extends AsyncDisposable {
  /** PEM, for the upstreams. */
  readonly certificate: string;
  readonly nameServer: string;
  /** `METHOD host/path` of every request that arrived. */
  readonly requests: string[];
  /** Their bodies, in the same order. */
  readonly bodies: string[];
  /** Connections to the upstreams so far. */
  readonly connections: () => number;
  /** Names that were asked for. */
  readonly asked: string[];
  /** What came so far is as good as never. */
  readonly forget: () => void;
  /** A command line that runs another in this network. */
  readonly inside: (command: string, ...args: string[]) => readonly [string, ...string[]];
}

interface Line {
  readonly ready?: { readonly certificate: string; readonly nameServer: string };
  readonly request?: string;
  readonly body?: string;
  readonly connection?: true;
  readonly asked?: string;
}

/** Whether this machine lets us make one. */
export function mayMakeNetworks(): boolean {
  return spawnSync('unshare', ['--net', '--mount', 'true'], { stdio: 'ignore' }).status === 0;
}

export async function startPublicNetwork(): Promise<PublicNetwork> {
  const program = await buildProgram('public-network');
  const child: ChildProcess = spawn('unshare', ['--net', '--mount', process.execPath, program.file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const requests: string[] = [];
  const bodies: string[] = [];
  let connections = 0;
  const asked: string[] = [];
  const { certificate, nameServer } = await new Promise<NonNullable<Line['ready']>>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the network did not come up')));
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as Line;
      if (line.ready) resolve(line.ready);
      if (line.request !== undefined) {
        requests.push(line.request);
        bodies.push(line.body ?? '');
      }
      if (line.connection) connections += 1;
      if (line.asked !== undefined) asked.push(line.asked);
    });
  });
  return {
    certificate,
    nameServer,
    requests,
    bodies,
    connections: () => connections,
    asked,
    forget() {
      for (const list of [requests, bodies, asked]) list.length = 0;
      connections = 0;
    },
    inside: (command, ...args) => [
      'nsenter',
      `--net=/proc/${child.pid}/ns/net`,
      `--mount=/proc/${child.pid}/ns/mnt`,
      '--',
      command,
      ...args,
    ],
    async [Symbol.asyncDispose]() {
      const exit = once(child, 'exit');
      child.stdin?.end();
      await exit;
      await program[Symbol.asyncDispose]();
    },
  };
}
