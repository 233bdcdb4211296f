import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Proposal } from '../../src/contract/proposal.js';
import { childrenOf, readSafely } from './bottles.js';
import { hasProgram } from './needs.js';
import { mayMakeNetworks, type PublicNetwork, startPublicNetwork } from './public-network.js';
import { openTerminal, type Terminal } from './tmux.js';

const program = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'dist/cli.js');

export const supervisionNeeds = 'bubblewrap, curl, tmux and the right to make a network';

export const maySupervise = (): boolean => ['bwrap', 'curl', 'tmux'].every(hasProgram) && mayMakeNetworks();

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** Real bottles of the agent `asker` in an Internet of the test's own, and an operator of no other bottles. */
export interface SupervisedBottles extends AsyncDisposable {
  readonly network: PublicNetwork;
  /** Of the test's own, with `workspace` and `state` in it. */
  readonly folder: string;
  readonly run: (args: readonly string[], environment?: NodeJS.ProcessEnv) => Started;
  /** A bottle whose agent runs one line of shell. */
  readonly bottle: (script: string, environment?: NodeJS.ProcessEnv) => Started;
  /** What `proposals --json` lists. */
  readonly held: () => Promise<Proposal[]>;
  /** Looks until so many wait that fit; fails when the bottle ends before. */
  readonly untilHeld: (
    agent: Started,
    count: number,
    fits?: (proposal: Proposal) => boolean,
  ) => Promise<Proposal[]>;
  readonly openScreen: (environment?: NodeJS.ProcessEnv, before?: string) => Promise<Terminal>;
  /** Ends what still runs, and forgets what arrived. */
  readonly clear: () => Promise<void>;
}

/** @param bottle front matter of the agent's bottle */
export async function openSupervisedBottles(bottle: string): Promise<SupervisedBottles> {
  const network = await startPublicNetwork();
  const folder = await mkdtemp(join(tmpdir(), 'supervise-'));
  await mkdir(join(folder, 'home/bottles'), { recursive: true });
  await mkdir(join(folder, 'home/agents'));
  await mkdir(join(folder, 'workspace'));
  await writeFile(join(folder, 'home/bottles/curious.md'), `---\n${bottle}\n---\n`);
  await writeFile(join(folder, 'home/agents/asker.md'), '---\nbottle: curious\n---\n');
  await writeFile(join(folder, 'upstreams.pem'), network.certificate);
  const environment = {
    PATH: process.env['PATH'],
    HOME: folder,
    TERM: 'xterm',
    LANG: 'C.UTF-8',
    BOT_BOTTLE_HOME: join(folder, 'home'),
    BOT_BOTTLE_EXTRA_CA: join(folder, 'upstreams.pem'),
    BOT_BOTTLE_NAME_SERVERS: network.nameServer,
    XDG_STATE_HOME: join(folder, 'state'),
  };
  const running = new Set<ChildProcess>();
  const run: SupervisedBottles['run'] = (args, more = {}) => {
    const [command, ...rest] = network.inside(process.execPath, program, ...args);
    const child = spawn(command, rest, {
      env: { ...environment, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    const finished = collect(child).finally(() => running.delete(child));
    return { child, finished };
  };
  const start = ['start', 'asker', '--backend', 'bubblewrap', '--workspace', join(folder, 'workspace')];
  const held = async () =>
    JSON.parse(await run(['proposals', '--json']).finished.then(({ stdout }) => stdout));
  return {
    network,
    folder,
    run,
    bottle: (script, more) => run([...start, '--', 'bash', '-c', script], more),
    held,
    async untilHeld({ child, finished }, count, fits = () => true) {
      for (;;) {
        const found = (await held()).filter(fits);
        if (found.length >= count) return found;
        if (!running.has(child)) throw new Error(`the bottle ended: ${JSON.stringify(await finished)}`);
      }
    },
    openScreen: (more = {}, before = '') =>
      openTerminal(
        join(folder, 'tmux'),
        network.inside,
        { ...environment, ...more },
        `${before}${process.execPath} ${program} supervise; echo left with $?; exec sleep 600`,
      ),
    async clear() {
      for (const child of running) {
        const gone = once(child, 'close');
        child.kill('SIGTERM');
        await gone;
      }
      network.forget();
    },
    async [Symbol.asyncDispose]() {
      await network[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function collect(child: ChildProcess): Promise<Finished> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code: code as number | null, stdout, stderr };
}

/** The keys that answer are shown: the chosen request can be answered. */
export const answerable = (screen: string): boolean => screen.includes('a approve once');

/** The sidecar among the children of a start. */
export function sidecarOf({ child }: Started): number {
  const sidecar = childrenOf(child.pid ?? 0).find((pid) =>
    readSafely(`/proc/${pid}/cmdline`).includes('sidecar-start.cjs'),
  );
  if (sidecar === undefined) throw new Error('the start has no sidecar');
  return sidecar;
}
