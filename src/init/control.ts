import { Socket } from 'node:net';
import type { ExpectedFile, InitCommand, InitMessage } from '../contract/init.js';

/** The talk with the backend outside. */
export interface Control {
  /** Settles when the backend says that the agent may start, with the files that must be mounted. */
  readonly go: Promise<readonly ExpectedFile[]>;
  /** Settles when the backend is gone. */
  readonly ended: Promise<void>;
  send(message: InitMessage): Promise<void>;
  onSignal(listener: (signal: NodeJS.Signals) => void): void;
}

export function openControl(descriptor: number): Control {
  const socket = new Socket({ fd: descriptor, readable: true, writable: true });
  const listeners: ((signal: NodeJS.Signals) => void)[] = [];
  let start: (mounts: readonly ExpectedFile[]) => void = () => {};
  const go = new Promise<readonly ExpectedFile[]>((resolve) => {
    start = resolve;
  });
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => socket.destroy());
  onLines(socket, (line) => {
    const command = JSON.parse(line) as InitCommand;
    if (command.type === 'go') start(command.mounts ?? []);
    else for (const listener of listeners) listener(command.signal);
  });
  return {
    go,
    ended,
    send: (message) =>
      new Promise((resolve) => socket.write(`${JSON.stringify(message)}\n`, () => resolve())),
    onSignal: (listener) => listeners.push(listener),
  };
}

function onLines(socket: Socket, listener: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(listener);
  });
}
