import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Operator, Program } from './operators.js';

/** A folder with manifests, a workspace and a runtime directory, all of one operator's; nothing of the machine's. */
export interface Playground {
  readonly operator: Operator;
  readonly folder: string;
  /** Its files are those of the one as whom the agent acts. */
  readonly workspace: string;
  readonly owner: Ids;
  /** Where the manifests are. */
  readonly home: string;
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string>>;
  start(command: readonly string[], options?: StartOptions): StartedBottle;
  /** Starts a bottle and collects what it wrote until it ended. */
  run(command: readonly string[], options?: StartOptions): Promise<Finished>;
  /** The command line that starts a bottle. */
  commandLine(command: readonly string[], options?: StartOptions): readonly [string, ...string[]];
  /** Runs a shell script as the operator, with the command line that starts a bottle as its `"$@"` and `$0` as given. */
  runThroughShell(script: string, zeroth: string, command: readonly string[]): Promise<Finished>;
  write(path: string, content: string): void;
  remove(): void;
}

export type Ids = Pick<Operator, 'uid' | 'gid'>;

export interface PlaygroundSettings {
  /** Front matter of the bottle; else it has one route, with the secret token. */
  readonly bottle?: string;
  /** Whom the workspace belongs to; else the operator. */
  readonly owner?: Ids;
  readonly environment?: Readonly<Record<string, string>>;
}

interface StartOptions {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly workspace?: string;
  /** Of `start` itself. */
  readonly options?: readonly string[];
}

export interface StartedBottle {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Waits until the text stands in what the agent wrote to its standard output. */
  seen(text: string): Promise<void>;
}

interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What no one but the sidecar may ever hold. */
export const secretToken = 'e2e-3f1c9a7755d04be2-never-seen-inside';

const attacks = join(dirname(dirname(fileURLToPath(import.meta.url))), 'fixtures/attacks');
const usualBottle = `egress:
  routes:
    - host: api.example.com
      auth: {scheme: Bearer, token_ref: E2E_TOKEN}
`;

export function makePlayground(
  program: Program,
  operator: Operator,
  { bottle = usualBottle, owner = operator, environment: more = {} }: PlaygroundSettings = {},
): Playground {
  const folder = mkdtempSync(join(tmpdir(), 'bot-bottle-e2e-'));
  const [workspace, runtime, home] = [
    join(folder, 'workspace'),
    join(folder, 'runtime'),
    join(folder, 'home'),
  ];
  for (const directory of [workspace, runtime, home, `${home}/bottles`, `${home}/agents`])
    mkdirSync(directory);
  chmodSync(runtime, 0o700);
  writeFileSync(join(home, 'bottles/e2e.md'), `---\n${bottle}---\n`);
  writeFileSync(join(home, 'agents/e2e.md'), '---\nbottle: e2e\n---\n');
  cpSync(attacks, join(workspace, 'attacks'), { recursive: true });
  give(folder, operator);
  give(workspace, owner);
  // The workspace's owner comes as far as there.
  if (owner.uid !== operator.uid) chmodSync(folder, 0o711);
  const environment = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: folder,
    BOT_BOTTLE_HOME: home,
    BOT_BOTTLE_BACKEND: 'bubblewrap',
    XDG_RUNTIME_DIR: runtime,
    XDG_STATE_HOME: join(folder, 'state'),
    TERM: 'xterm',
    E2E_TOKEN: secretToken,
    ...more,
  };
  const commandLine = (
    command: readonly string[],
    { workspace: at = workspace, options = [] }: StartOptions = {},
  ): readonly [string, ...string[]] => [
    program.node,
    ...[program.cli, 'start', 'e2e', '--workspace', at, ...options, '--', ...command],
  ];
  const spawnAsOperator = (file: string, args: readonly string[], more: StartOptions['environment']) =>
    spawn(file, args, {
      cwd: folder,
      uid: operator.uid,
      gid: operator.gid,
      env: { ...environment, ...more },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  const start = (command: readonly string[], options: StartOptions = {}) => {
    const [file, ...args] = commandLine(command, options);
    const child = spawnAsOperator(file, args, options.environment);
    if (options.input !== undefined) child.stdin.end(options.input);
    return watch(child);
  };
  return {
    operator,
    folder,
    workspace,
    owner,
    home,
    runtime: operator.uid === 0 ? '/run/bot-bottle' : join(runtime, 'bot-bottle'),
    environment,
    commandLine,
    start,
    run: (command, options) => start(command, { input: '', ...options }).finished,
    runThroughShell: (script, zeroth, command) => {
      const child = spawnAsOperator('/bin/bash', ['-c', script, zeroth, ...commandLine(command)], {});
      child.stdin.end();
      return watch(child).finished;
    },
    write: (path, content) => {
      mkdirSync(dirname(join(workspace, path)), { recursive: true });
      writeFileSync(join(workspace, path), content);
      give(workspace, owner);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Everything in a folder becomes the operator's. */
export function give(folder: string, { uid, gid }: Ids): void {
  chownSync(folder, uid, gid);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) chownSync(join(entry.parentPath, entry.name), uid, gid);
  }
}

function watch(child: ChildProcess): StartedBottle {
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    for (const look of waiting) look();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdin?.on('error', () => {});
  const finished = once(child, 'close').then(
    ([code, signal]) => ({ code, signal, stdout, stderr }) as Finished,
  );
  const seen = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!stdout.includes(text)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      finished.then(() =>
        reject(new Error(`the bottle ended before it wrote '${text}': ${stdout}${stderr}`)),
      );
      look();
    });
  return { process: child, finished, seen };
}

/** Processes of this machine whose command line or environment holds the marker. */
export function processesWith(marker: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) =>
      [`/proc/${name}/cmdline`, `/proc/${name}/environ`].some((file) => readSafely(file).includes(marker)),
    )
    .map(Number);
}

export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => readSafely(`/proc/${name}/status`).includes(`\nPPid:\t${pid}\n`))
    .map(Number);
}

export function readSafely(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** Waits for a state of the machine that no event announces; fails when it doesn't come about. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  patience = 120_000,
): Promise<void> {
  const end = performance.now() + patience;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`never came about: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
