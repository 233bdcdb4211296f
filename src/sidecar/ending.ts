import type { Gate } from './gate.js';
import type { MessageWriter } from './messages.js';

/** Milliseconds in all for what is under way to come to its end, and at least for the last messages to be written. */
const patience = 1000;
const leastForMessages = 200;

export interface Ending {
  readonly gate: Gate;
  readonly messages: MessageWriter;
  /** Closes every client's connection and takes no more. */
  readonly closeConnections: () => void;
}

/**
 * Brings a sidecar to its end so that the log has all that was decided: refuses what waits, hangs up on every client,
 * and says what became of each request. Nothing more is let out meanwhile: a request goes on only while its client is
 * there. Never rejects; done within little more than a second, whatever doesn't come to its end.
 */
export async function endWithLastWords({ gate, messages, closeConnections }: Ending): Promise<void> {
  const over = Date.now() + patience;
  const left = () => Math.max(0, over - Date.now());
  gate.holds.close();
  closeConnections();
  await within(left(), gate.idle());
  // An event waits for the detectors, which strike out what it must not show: they may not be prepared yet.
  if (gate.inspection.waiting() > 0) await within(left(), gate.inspection.load());
  const count = gate.held.requests + gate.inspection.waiting();
  if (count > 0) messages.send({ type: 'dropped', count });
  await messages.flush(Math.max(leastForMessages, left()));
}

/** Waits for it, however it ends, but not longer. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work.catch(() => {}), late]);
  clearTimeout(timer);
}
