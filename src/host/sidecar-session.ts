import { BottleError } from '../contract/errors.js';
import type { DecisionEvent } from '../contract/event.js';
import { splitLines } from '../contract/lines.js';
import type { ControlMessage, SidecarConfiguration, SidecarMessage } from '../contract/sidecar.js';
import { parseSidecarMessage } from '../contract/sidecar-message.js';
import type { SidecarSession, SidecarStreams } from '../plan/ports.js';

/** Who hears what a sidecar says besides, and may answer. */
export interface SidecarListener {
  readonly onMessage: (message: SidecarMessage) => void;
  readonly onOpen: (send: (message: ControlMessage) => void) => void;
  readonly onClose: () => void;
}

/** Bytes; a message has some thousand. */
const longestLine = 256 * 1024;

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
    const closed = new Promise<void>((settle) => stdout.once('end', settle).once('close', settle));
    // A sidecar that died closes its input under us; its output's end is what we act on.
    for (const emitter of [stdin, stdout]) emitter.on('error', () => {});
    let trusted = true;
    const read = (message: SidecarMessage) => {
      listener?.onMessage(message);
      if (message.type === 'ready') resolve({ certificate: message.certificate, closed });
      else if (message.type === 'event') onEvent(message.event);
      else if (message.type === 'fatal') reject(notStarted(message.message));
    };
    const hangUp = () => {
      trusted = false;
      read({ type: 'fatal', message: 'it said what this version does not know' });
      stdin.destroy();
      stdout.destroy();
    };
    const split = splitLines(longestLine, {
      onLine: (line) => {
        if (!trusted) return;
        const message = parseSidecarMessage(line, configuration.bottle);
        if (message) read(message);
        else hangUp();
      },
      onTooLong: hangUp,
    });
    stdout.on('data', split);
    closed.then(() => reject(notStarted('it ended before it was ready')));
    stdin.write(`${JSON.stringify(configuration)}\n`);
    listener?.onOpen((message) => {
      if (stdin.writable) stdin.write(`${JSON.stringify(message)}\n`);
    });
    closed.then(() => listener?.onClose());
  });
}

function notStarted(reason: string): BottleError {
  return new BottleError({
    code: 'start-failed',
    message: `the sidecar did not start: ${reason}`,
    hint: 'run it again with --debug; bot-bottle doctor checks this machine',
  });
}
