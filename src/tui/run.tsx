import { render, useApp, useInput, useStdout } from 'ink';
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { endWords } from '../console/print-proposals.js';
import { BottleError, messageOf } from '../contract/errors.js';
import { printable } from '../contract/printable.js';
import { channelFolder } from '../host/operator/channel.js';
import { type Watch, watchBottles } from '../host/operator/channel-client.js';
import { logFile, readLog } from '../host/store/database.js';
import { queryLog } from '../host/store/read.js';
import { historyLines } from './history.js';
import { isTooSmall, type Size } from './lines.js';
import { oncePerTurn } from './once-per-turn.js';
import { Screen } from './screen.js';
import {
  initialState,
  type Key,
  onBlindKey,
  onHeld,
  onKey,
  onMessage,
  onShown,
  type ScreenState,
} from './state.js';

export interface SuperviseRequest {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly bell: boolean;
}

/** The terminal is to say what is pasted, between these two as the keys of ink's. */
const alternateScreen = '\u001b[?1049h\u001b[?2004h\u001b[H';
const ordinaryScreen = '\u001b[?2004l\u001b[?1049l\u001b[?25h';
const pasteBegins = '[200~';
const pasteEnds = '[201~';
const bell = '\u0007';
/** Entries of the log: a proposal has up to three. */
const historyLength = 600;
/** Milliseconds between two looks at the clock. */
const tick = 500;
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const keyNames = {
  upArrow: 'up',
  downArrow: 'down',
  return: 'return',
  escape: 'escape',
  backspace: 'backspace',
  delete: 'backspace',
} as const;

/** What a watcher of bottles tells the screen. */
interface Feed {
  onChange: () => void;
  onMessage: (text: string) => void;
}

/** Shows what waits until the operator leaves; the terminal is then as it was. */
export async function runSupervise({ environment, bell: rings }: SuperviseRequest): Promise<void> {
  refuseUnfit(environment);
  const feed: Feed = { onChange: () => {}, onMessage: () => {} };
  using watch = await watchBottles(channelFolder(environment), {
    onChange: () => feed.onChange(),
    onProposal: () => {
      if (rings) process.stdout.write(bell);
    },
    onEnd: (end) => feed.onMessage(`${printable(end.proposal)}: ${endWords(end)}`),
    onProblem: (proposal, problem) =>
      feed.onMessage(
        problem === 'not-recorded'
          ? `${printable(proposal)}: not approved, the log can't be written`
          : `${printable(proposal)}: waits no more`,
      ),
  });
  const restore = () => process.stdout.write(ordinaryScreen);
  process.stdout.write(alternateScreen);
  process.once('exit', restore);
  const coloured = !environment['NO_COLOR'];
  const app = render(<Supervise watch={watch} feed={feed} environment={environment} coloured={coloured} />, {
    exitOnCtrlC: true,
    patchConsole: false,
  });
  const leave = () => app.unmount();
  for (const signal of endings) process.once(signal, leave);
  try {
    await app.waitUntilExit();
  } finally {
    for (const signal of endings) process.off(signal, leave);
    process.off('exit', restore);
    restore();
  }
}

function refuseUnfit(environment: SuperviseRequest['environment']): void {
  const twins = 'bot-bottle proposals --watch shows the same line by line; answer with approve and deny';
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new BottleError({ code: 'usage', message: 'supervise needs a terminal', hint: twins });
  }
  if (environment['TERM'] === 'dumb' || !environment['TERM']) {
    throw new BottleError({
      code: 'usage',
      message: "this terminal can't show a screen",
      where: 'TERM',
      hint: twins,
    });
  }
}

interface SuperviseProps {
  readonly watch: Watch;
  readonly feed: Feed;
  readonly environment: SuperviseRequest['environment'];
  readonly coloured: boolean;
}

function Supervise({ watch, feed, environment, coloured }: SuperviseProps): ReactNode {
  const { exit } = useApp();
  const { stdout } = useStdout();
  const [now, setNow] = useState(Date.now());
  const [history, setHistory] = useState<readonly string[]>([]);
  const [state, setState] = useState<ScreenState>(() => onHeld(initialState, watch.held(), Date.now()));
  // What a key or a bottle changes is built on what was changed last, also between two frames.
  const latest = useRef(state);
  const update = useCallback((next: ScreenState) => {
    latest.current = next;
    setState(next);
    setNow(Date.now());
  }, []);
  useEffect(() => {
    feed.onChange = () => update(onHeld(latest.current, watch.held(), Date.now()));
    feed.onMessage = (text) => update(onMessage(latest.current, text));
    feed.onChange();
    const timer = setInterval(() => setNow(Date.now()), tick);
    return () => clearInterval(timer);
  }, [feed, watch, update]);
  const hidden = useRef(false);
  /** By the size that it has now, whatever was drawn last. */
  const isHidden = useCallback(() => {
    const before = hidden.current;
    hidden.current = isTooSmall(sizeOf(stdout));
    if (before && !hidden.current) latest.current = onShown(latest.current, Date.now());
    return hidden.current;
  }, [stdout]);
  const size = useSize(isHidden);
  const mayDecide = useRef(oncePerTurn());
  const pasting = useRef(false);
  useInput((input, pressed) => {
    if (input === pasteBegins || input === pasteEnds) {
      pasting.current = input === pasteBegins;
      return;
    }
    const key = { ...keyOf(input, pressed), pasted: pasting.current };
    const { state: next, effect } = isHidden()
      ? onBlindKey(latest.current, key)
      : onKey(latest.current, key, Date.now());
    if (effect && 'decide' in effect && !mayDecide.current()) return;
    update(next);
    if (!effect) return;
    if ('quit' in effect) exit();
    else if ('history' in effect) void readHistory(environment).then(setHistory);
    else if (!watch.decide(effect.decide)) update(onMessage(next, 'it waits no more'));
  });
  return <Screen {...size} {...{ state, history, now, coloured }} bottles={watch.bottles()} />;
}

function keyOf(input: string, pressed: Readonly<Record<string, boolean | string | undefined>>): Key {
  for (const [flag, name] of Object.entries(keyNames)) if (pressed[flag]) return { name, text: '' };
  return { name: '', text: pressed['ctrl'] || pressed['meta'] ? '' : input };
}

/** One row less than the terminal has: a frame that fills it whole makes it scroll. */
function useSize(look: () => void): Size {
  const { stdout } = useStdout();
  const [size, setSize] = useState(() => sizeOf(stdout));
  useEffect(() => {
    const onResize = () => {
      look();
      setSize(sizeOf(stdout));
    };
    look();
    stdout.on('resize', onResize);
    return () => void stdout.off('resize', onResize);
  }, [stdout, look]);
  return size;
}

function sizeOf(stdout: NodeJS.WriteStream): Size {
  return { rows: (stdout.rows || 24) - 1, columns: stdout.columns || 80 };
}

async function readHistory(environment: SuperviseRequest['environment']): Promise<readonly string[]> {
  try {
    const database = await readLog(logFile(environment));
    if (!database) return [];
    const kinds = ['proposal', 'decision', 'proposal-ended'] as const;
    const entries = [...queryLog(database, { kinds, last: historyLength })];
    database.close();
    return historyLines(entries);
  } catch (thrown) {
    return [`the log can't be read: ${messageOf(thrown)}`];
  }
}
