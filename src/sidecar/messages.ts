import { createWriteStream, fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { SidecarMessage } from '../contract/sidecar.js';
import { eventLine } from './event-line.js';

/** Lines to the parent. A parent that doesn't read loses events and is told how many; it never holds up the proxy. */
export interface MessageWriter {
  /** False: the parent will not get it. */
  send(message: SidecarMessage): boolean;
  /** Calls once when the parent can't be reached any more. */
  onBroken(call: () => void): void;
  /** Resolves when all is written, or after so many milliseconds. */
  flush(patience: number): Promise<void>;
}

/** Lines waiting for the parent, at most; some hundred bytes each. */
const queueLimit = 20_000;
/** Milliseconds that an event may wait for others, so that a busy proxy doesn't write each by itself. */
const gathering = 5;

/** Standard output without Node's own stream for it, which blocks the event loop on a pipe that nobody reads. */
export function openStandardOutput(): Writable {
  const status = fstatSync(1);
  if (status.isFIFO() || status.isSocket()) return new Socket({ fd: 1, readable: false, writable: true });
  return createWriteStream('', { fd: 1 });
}

export function createMessageWriter(output: Writable): MessageWriter {
  let queue: string[] = [];
  let dropped = 0;
  let scheduled: NodeJS.Timeout | null = null;
  let blocked = false;
  let broken = false;

  function drain(): void {
    if (scheduled !== null) clearTimeout(scheduled);
    scheduled = null;
    if (blocked || broken || queue.length === 0) return;
    if (dropped > 0) {
      queue.push(line({ type: 'dropped', count: dropped }));
      dropped = 0;
    }
    const text = queue.join('');
    queue = [];
    blocked = !output.write(text);
  }

  output.on('drain', () => {
    blocked = false;
    drain();
  });
  output.on('error', () => {
    broken = true;
    queue = [];
  });

  return {
    send(message) {
      if (broken) return false;
      if (queue.length >= queueLimit) {
        dropped += 1;
        return false;
      }
      queue.push(line(message));
      if (message.type !== 'event') drain();
      else scheduled ??= setTimeout(drain, gathering);
      return true;
    },
    onBroken: (call) => {
      output.once('error', call);
    },
    flush(patience) {
      return new Promise((resolve) => {
        setTimeout(resolve, patience);
        output.once('error', () => resolve());
        const finish = () => {
          drain();
          // Nothing to wait for: the next turn of the event loop may be a long one.
          if (broken || (queue.length === 0 && output.writableLength === 0)) resolve();
          // What waits is written once there is room, by the listener above.
          else if (blocked) output.once('drain', finish);
          else output.write('', () => resolve());
        };
        finish();
      });
    },
  };
}

function line(message: SidecarMessage): string {
  return message.type === 'event' ? eventLine(message.event) : `${JSON.stringify(message)}\n`;
}
