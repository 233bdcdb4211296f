import { createInterface } from 'node:readline';
import { BottleError } from '../contract/errors.js';
import type { DecisionEvent } from '../contract/event.js';
import type { ControlMessage, SidecarConfiguration, SidecarMessage } from '../contract/sidecar.js';
import type { SidecarSession, SidecarStreams } from '../plan/ports.js';

/** Who hears what a sidecar says besides, and may answer. */
export interface SidecarListener {
  readonly onMessage: (message: SidecarMessage) => void;
  readonly onOpen: (send: (message: ControlMessage) => void) => void;
  readonly onClose: () => void;
}

/**
 * Configures a sidecar and reads what it says. The streams are those of its own process or of an exec into its
 * container: this talk is the only control channel there is (law 6). Standard input stays open; its end ends the sidecar.
 */
export function openSidecar(
  { stdin, stdout }: SidecarStreams,
  configuration: SidecarConfiguration,
  onEvent: (event: DecisionEvent) => void,
  listener: SidecarListener | null = null,
): Promise<SidecarSession> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: stdout, crlfDelay: Number.POSITIVE_INFINITY });
    const closed = new Promise<void>((settle) => lines.once('close', settle));
    // A sidecar that died closes its input under us; its output's end is what we act on.
    for (const emitter of [stdin, stdout, lines]) emitter.on('error', () => {});
    stdout.on('close', () => lines.close());
    lines.on('line', (line) => {
      const message = parseMessage(line);
      if (message) listener?.onMessage(message);
      if (message?.type === 'ready') resolve({ certificate: message.certificate, closed });
      else if (message?.type === 'event') onEvent(message.event);
      else if (!message || message.type === 'fatal')
        reject(
          notStarted(message?.type === 'fatal' ? message.message : 'it said what this version does not know'),
        );
    });
    closed.then(() => reject(notStarted('it ended before it was ready')));
    stdin.write(`${JSON.stringify(configuration)}\n`);
    listener?.onOpen((message) => {
      if (stdin.writable) stdin.write(`${JSON.stringify(message)}\n`);
    });
    closed.then(() => listener?.onClose());
  });
}

function parseMessage(line: string): SidecarMessage | undefined {
  try {
    return JSON.parse(line) as SidecarMessage;
  } catch {
    return undefined;
  }
}

function notStarted(reason: string): BottleError {
  return new BottleError({
    code: 'start-failed',
    message: `the sidecar did not start: ${reason}`,
    hint: 'run it again with --debug; bot-bottle doctor checks this machine',
  });
}
