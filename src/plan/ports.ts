import type { Duplex, Readable, Writable } from 'node:stream';
import type { DecisionEvent } from '../contract/event.js';
import type { SidecarConfiguration } from '../contract/sidecar.js';
import type { BottlePlan, ProxyPlan } from './plan.js';

/** How a backend stands on this host: usable, or why not and what mends it. */
export interface Readiness {
  readonly usable: boolean;
  /** The barrier in force, one line: `bubblewrap 0.8.0, user namespaces`. */
  readonly barrier: string;
  readonly problems: readonly ReadinessProblem[];
}

export interface ReadinessProblem {
  readonly message: string;
  /** A command or a setting that mends it. */
  readonly mend: string;
}

export interface Backend {
  readonly name: string;
  readonly summary: string;
  probe(services: BackendServices): Promise<Readiness>;
  /** Resolves once the agent's command runs. The caller disposes of what it gets, whatever happened. */
  start(plan: BottlePlan, request: StartRequest, services: BackendServices): Promise<RunningBottle>;
  /** Bottles are containers: they have an image and a runtime. */
  readonly containers?: boolean;
  /** Where the agent finds the proxy; absent: at its own loopback address. */
  readonly proxy?: ProxyPlan;
  /** For bottles that other processes can find; absent where `start` alone knows of them. */
  readonly management?: BottleManagement;
}

/** What can be done with a bottle from another terminal. Errors are BottleErrors; a bottle that isn't there is 'usage'. */
export interface BottleManagement {
  list(services: BackendServices): Promise<readonly BottleSummary[]>;
  /** Runs a command in the agent's place with this process's streams; answers its exit code. */
  exec(
    bottle: string,
    command: readonly string[],
    terminal: boolean,
    services: BackendServices,
  ): Promise<number>;
  stop(bottle: string, services: BackendServices): Promise<void>;
  /** Writes what the agent printed to this process's streams. */
  logs(bottle: string, follow: boolean, services: BackendServices): Promise<void>;
  /** What the agent changed in a copied workspace, as a patch. */
  diff(bottle: string, services: BackendServices): Promise<Buffer>;
  prune(request: PruneRequest, services: BackendServices): Promise<PruneReport>;
}

export interface BottleSummary {
  readonly id: string;
  readonly backend: string;
  readonly agent: string;
  readonly workspace: string;
  readonly barrier: string;
  /** Milliseconds since the epoch; 0 before the agent is there. */
  readonly started: number;
  /** 'abandoned': the command line that ran it is gone. */
  readonly state: 'starting' | 'running' | 'abandoned';
}

export interface PruneRequest {
  /** Those too whose command line still runs. */
  readonly everything: boolean;
  readonly dryRun: boolean;
  /** Images of ours too; the next start builds them again. */
  readonly images: boolean;
}

export interface PruneReport {
  /** Bottles that were taken away, or would be. */
  readonly bottles: readonly string[];
  readonly images: readonly string[];
}

export interface StartRequest {
  readonly secrets: Readonly<Record<string, string>>;
  readonly terminal: boolean;
  readonly onEvent: (event: DecisionEvent) => void;
  /** Called as each step of the start ends, with its name: where the time went. */
  readonly onStep: (step: string) => void;
  /** Called with lines for a person who waits: steps of an image's build. */
  readonly onProgress?: (line: string) => void;
  /** Called once, before the agent runs, with the barrier in force, as {@link Readiness} has it. */
  readonly onBarrier?: (barrier: string) => void;
  readonly signal: AbortSignal;
}

export interface RunningBottle extends AsyncDisposable {
  /** The agent's end: its exit code, or 128 and the signal's number. */
  readonly exit: Promise<number>;
  /** Sends a signal to the agent. */
  kill(signal: NodeJS.Signals): void;
}

/** What the host lends to a backend: the one place that starts processes, and the talk with a sidecar. */
export interface BackendServices {
  /** The operator's: where an engine is, where state is kept. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly processes: Processes;
  /** Paths of our own built files: `dist`, where the bundles lie. */
  readonly bundles: {
    readonly sidecar: string;
    /** Runs it with what was compiled of it, by the Node that it was built with. */
    readonly sidecarStart: string;
    readonly init: string;
    readonly nodeProxy: string;
  };
  /** A private directory (0700) for one bottle's sockets and files; removed on disposal. */
  runtimeDirectory(bottle: string): Promise<RuntimeDirectory>;
  openSidecar(
    streams: SidecarStreams,
    configuration: SidecarConfiguration,
    onEvent: (event: DecisionEvent) => void,
  ): Promise<SidecarSession>;
}

export interface RuntimeDirectory extends AsyncDisposable {
  readonly path: string;
}

export interface SidecarStreams {
  readonly stdin: Writable;
  readonly stdout: Readable;
}

export interface SidecarSession {
  /** PEM of the bottle's CA certificate. */
  readonly certificate: string;
  /** Settles when the sidecar's output ends. */
  readonly closed: Promise<void>;
}

export interface Processes {
  /** Runs to the end and collects the output; never throws for an exit code. */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<RunResult>;
  start(command: string, args: readonly string[], options?: StartOptions): StartedProcess;
}

export interface RunOptions {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory?: string;
  /** Milliseconds; the process is killed after it. */
  readonly timeout?: number;
}

export interface RunResult {
  /** null when it could not be started or ended by a signal. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export type Stdio = 'pipe' | 'inherit' | 'ignore' | number;

export interface StartOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory?: string;
  /** For descriptors 0, 1, 2, and further ones that the child gets under their index. */
  readonly stdio?: readonly Stdio[];
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Its own session: no signal of the operator's terminal reaches it. */
  readonly ownSession?: boolean;
}

export interface StartedProcess {
  readonly pid: number;
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** The pipe at a further descriptor. */
  pipe(descriptor: number): Duplex | Readable | Writable;
  /** Exit code, or 128 and the signal's number. Rejects when it could not be started. */
  readonly exit: Promise<number>;
  kill(signal: NodeJS.Signals): void;
}

/** What runs in a bottle: its command, its environment, the routes it cannot do without. */
export interface Provider {
  readonly name: string;
  readonly summary: string;
  /** @param given what the operator wrote after `--`; empty: the provider's own command. */
  command(given: readonly string[]): readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}
