import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { BottleError } from '../../contract/errors.js';
import type { InitCommand, InitMessage } from '../../contract/init.js';

/** The talk with the first process of a sandbox. */
export interface SandboxControl {
  readonly listening: Promise<void>;
  /** Settles when the agent's command runs; rejects when the walls don't hold or the sandbox ended before. */
  readonly started: Promise<void>;
  send(command: InitCommand): void;
  close(): void;
}

/** Beyond this the first process is not what we sent in. */
const longestTalk = 64 * 1024;

export function openControl(socket: Duplex): SandboxControl {
  const lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY });
  const listening = deferred<void>();
  const started = deferred<void>();
  let size = 0;
  lines.on('line', (line) => {
    size += line.length;
    const message = size > longestTalk ? undefined : parseMessage(line);
    if (message?.type === 'listening') return listening.resolve();
    // From here on the agent runs, as the same user as the first process: nothing that is said now counts.
    lines.removeAllListeners('line');
    socket.pause();
    if (message?.type === 'started') return started.resolve();
    started.reject(
      failure(message?.type === 'refused' ? message.message : 'its first process said something unknown'),
    );
  });
  lines.on('close', () => started.reject(failure('it ended before the agent could start')));
  // A first process that was killed with words of ours unread resets the connection; readline passes that on as its own.
  for (const emitter of [socket, lines]) emitter.on('error', () => {});
  socket.on('close', () => lines.close());
  for (const { promise } of [listening, started]) promise.catch(() => {});
  return {
    listening: listening.promise,
    started: started.promise,
    send: (command) => {
      if (socket.writable) socket.write(`${JSON.stringify(command)}\n`);
    },
    close: () => {
      socket.destroy();
    },
  };
}

interface Deferred<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (reason: unknown) => void;
}

function deferred<Value>(): Deferred<Value> {
  let resolve!: (value: Value) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<Value>((keep, fail) => {
    resolve = keep;
    reject = fail;
  });
  return { promise, resolve, reject };
}

function parseMessage(line: string): InitMessage | undefined {
  try {
    return JSON.parse(line) as InitMessage;
  } catch {
    return undefined;
  }
}

function failure(reason: string): BottleError {
  return new BottleError({
    code: 'start-failed',
    message: `the sandbox did not start: ${reason}`,
    hint: 'bot-bottle doctor checks this machine',
  });
}
