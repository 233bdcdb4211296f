import { finished } from 'node:stream/promises';
import { sidecarRuntime } from '../../contract/sidecar-runtime.js';
import type { BottlePlan } from '../../plan/plan.js';
import type { BackendServices, SidecarSession, StartRequest } from '../../plan/ports.js';
import { sidecarConfiguration } from '../../plan/sidecar-configuration.js';
import { systemPath } from './system-path.js';

export interface Sidecar {
  readonly session: Promise<SidecarSession>;
  stop(): Promise<void>;
}

/** Milliseconds for a sidecar to end by itself once its input has ended. */
const patience = 2000;

/** Runs the sidecar beside the sandbox, as a process of our own in a session of its own: the terminal's signals are not for it. */
export function startSidecar(
  plan: BottlePlan,
  socketPath: string,
  { secrets, onEvent }: StartRequest,
  services: BackendServices,
): Sidecar {
  const { flags, environment } = sidecarRuntime;
  const child = services.processes.start(process.execPath, [...flags, services.bundles.sidecarStart], {
    stdio: ['pipe', 'pipe', 'inherit'],
    environment: { PATH: systemPath, ...environment },
    workingDirectory: '/',
    ownSession: true,
  });
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('the sidecar has no pipes');
  const session = services.openSidecar(
    { stdin, stdout },
    sidecarConfiguration(plan, secrets, { listen: { socketPath } }),
    onEvent,
  );
  session.catch(() => {});
  const allSaid = finished(stdout, { writable: false }).catch(() => {});
  return {
    session,
    stop: async () => {
      const timer = setTimeout(() => child.kill('SIGKILL'), patience);
      stdin.end();
      // What it said last is still to be read when its process is gone.
      await Promise.all([child.exit.catch(() => {}), allSaid]);
      clearTimeout(timer);
    },
  };
}
