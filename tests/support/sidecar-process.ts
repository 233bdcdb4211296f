import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { DecisionEvent } from '../../src/contract/event.js';
import type { Decision } from '../../src/contract/proposal.js';
import type { SidecarConfiguration, SidecarMessage } from '../../src/contract/sidecar.js';
import { sidecarRuntime } from '../../src/contract/sidecar-runtime.js';

const bundle = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'dist/sidecar.cjs');

/** The built sidecar as its own process, listening at a free loopback port. */
export interface SidecarProcess extends AsyncDisposable {
  readonly port: number;
  /** PEM of the bottle's CA. */
  readonly certificate: string;
  readonly child: ChildProcess;
  readonly events: DecisionEvent[];
  readonly messages: SidecarMessage[];
  /** All that it wrote, to look for what must not be in it. */
  readonly output: () => string;
  /** Resolves with the first event, past or to come, that fits. */
  event(fits: (event: DecisionEvent) => boolean): Promise<DecisionEvent>;
  /** Resolves once what it has said so far satisfies. */
  until(satisfied: (messages: readonly SidecarMessage[]) => boolean): Promise<void>;
  /** A line to its control channel. */
  tell(line: string): void;
  decide(proposal: string, decision: Decision, note?: string | null): void;
  /** Resident memory, bytes. */
  residentMemory(): number;
}

export function configurationOf(parts: Partial<SidecarConfiguration>): SidecarConfiguration {
  return {
    version: 1,
    bottle: 'test',
    listen: { host: '127.0.0.1', port: 0 },
    routes: [],
    secrets: {},
    extraCertificateAuthorities: [],
    nameServers: [],
    unknownHost: 'block',
    holdTimeout: 300_000,
    ...parts,
  };
}

/** Starts the bundle with nothing in its environment but a PATH, and what a test adds. */
export function spawnSidecar(
  nodeOptions: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  if (!existsSync(bundle)) throw new Error(`${bundle} is missing: npm run build`);
  return spawn(process.execPath, [...sidecarRuntime.flags, ...nodeOptions, bundle], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', ...sidecarRuntime.environment, ...environment },
  });
}

export async function startSidecar(
  parts: Partial<SidecarConfiguration>,
  nodeOptions: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<SidecarProcess> {
  const child = spawnSidecar(nodeOptions, environment);
  const { stdin, stdout, stderr } = child;
  if (!stdin || !stdout || !stderr) throw new Error('no pipes');
  let written = '';
  const events: DecisionEvent[] = [];
  const messages: SidecarMessage[] = [];
  const waiting = new Set<() => void>();
  stderr.on('data', (chunk) => {
    written += chunk;
  });
  const ready = new Promise<SidecarMessage & { type: 'ready' }>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the sidecar ended with ${code}: ${written}`)));
    createInterface({ input: stdout }).on('line', (line) => {
      written += `${line}\n`;
      const message = JSON.parse(line) as SidecarMessage;
      messages.push(message);
      if (message.type === 'ready') resolve(message);
      if (message.type === 'event') events.push(message.event);
      for (const look of waiting) look();
    });
  });
  ready.catch(() => {});
  stdin.write(`${JSON.stringify(configurationOf(parts))}\n`);
  const { certificate, port } = await ready;
  return {
    port: port ?? 0,
    certificate,
    child,
    events,
    messages,
    output: () => written,
    event: (fits) => untilFound(waiting, () => events.find(fits)),
    until: (satisfied) => untilFound(waiting, () => satisfied(messages) || undefined).then(() => {}),
    tell: (line) => stdin.write(`${line}\n`),
    decide: (proposal, decision, note = null) =>
      stdin.write(`${JSON.stringify({ type: 'decision', proposal, decision, note })}\n`),
    residentMemory: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await exit;
      clearTimeout(timer);
    },
  };
}

function untilFound<Found>(waiting: Set<() => void>, find: () => Found | undefined): Promise<Found> {
  return new Promise((resolve) => {
    const look = () => {
      const found = find();
      if (found === undefined) return;
      waiting.delete(look);
      resolve(found);
    };
    waiting.add(look);
    look();
  });
}
