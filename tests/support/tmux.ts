import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A terminal of 80 by 24, driven as a person would: keys in, the screen out. */
export interface Terminal extends AsyncDisposable {
  readonly keys: (...keys: string[]) => Promise<void>;
  /** As the terminal's user pastes, told to a program that asks for it. */
  readonly paste: (text: string) => Promise<void>;
  readonly screen: () => Promise<string>;
  readonly resize: (columns: number, rows: number) => Promise<void>;
  /** Resolves with the first screen that fits. */
  readonly until: (fits: (screen: string) => boolean) => Promise<string>;
  /** Of the command that runs in it. */
  readonly pid: () => Promise<number>;
}

/** Milliseconds between two looks at a screen; tmux tells nobody that it changed. */
const interval = 50;
const patience = 120_000;

/** @param prefix puts the server where the command is to run */
export async function openTerminal(
  socket: string,
  prefix: (command: string, ...args: string[]) => readonly [string, ...string[]],
  environment: NodeJS.ProcessEnv,
  command: string,
): Promise<Terminal> {
  const tmux = async (...args: string[]) => {
    const [program, ...rest] = prefix('tmux', '-f', '/dev/null', '-S', socket, ...args);
    const { stdout } = await run(program, rest, { env: environment });
    return stdout;
  };
  await tmux('new-session', '-d', '-x', '80', '-y', '24', command);
  const screen = () => tmux('capture-pane', '-p');
  return {
    keys: async (...keys) => {
      await tmux('send-keys', ...keys);
    },
    paste: async (text) => {
      await tmux('set-buffer', text);
      await tmux('paste-buffer', '-p');
    },
    screen,
    resize: async (columns, rows) => {
      await tmux('resize-window', '-x', String(columns), '-y', String(rows));
    },
    async until(fits) {
      const end = Date.now() + patience;
      for (;;) {
        const shown = await screen();
        if (fits(shown)) return shown;
        if (Date.now() > end) throw new Error(`the screen never showed it:\n${shown}`);
        await pause(interval);
      }
    },
    pid: async () => Number(await tmux('display-message', '-p', '#{pane_pid}')),
    async [Symbol.asyncDispose]() {
      await tmux('kill-server').catch(() => {});
      await rm(socket, { force: true });
    },
  };
}
