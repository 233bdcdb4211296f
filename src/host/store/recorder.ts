import type Database from 'better-sqlite3';
import { messageOf } from '../../contract/errors.js';
import { append, isGone } from './append.js';
import type { NewEntry } from './chain.js';
import { openLog } from './database.js';
import { readHead, writeHead } from './head-file.js';
import { prune, type Retention } from './prune.js';

/** Writes one bottle's entries to the log, a moment after they come and never in the bottle's way. */
export interface Recorder extends AsyncDisposable {
  /** Opens the log, with this as its first entry; until then what comes is kept. */
  readonly begin: (entry: Omit<NewEntry, 'bottle'>) => void;
  readonly record: (entry: Omit<NewEntry, 'bottle'>) => void;
  /** Writes at once all that came; false when that failed: what depends on a record must not happen then. */
  readonly commit: (entry: Omit<NewEntry, 'bottle'>) => Promise<boolean>;
}

export interface RecorderOptions {
  readonly file: string;
  readonly bottle: string;
  readonly retention: Retention;
  /** For what the operator must know. */
  readonly tell: (text: string) => void;
}

/** Milliseconds that entries are gathered for one transaction, and before a failed one is tried again. */
const gathering = 200;
const retryDelay = 3000;
/** Entries kept in memory while the log can't be written; about 500 bytes each. */
const queueLimit = 20_000;
/** Entries of ours after which the log's size is looked at again. */
const pruneInterval = 5000;

interface State {
  readonly options: RecorderOptions;
  database: Database.Database | null;
  queue: NewEntry[];
  lost: number;
  untilPrune: number;
  begun: boolean;
  failing: boolean;
  timer: NodeJS.Timeout | null;
  opening: Promise<void> | null;
}

export function createRecorder(options: RecorderOptions): Recorder {
  const state: State = {
    options,
    database: null,
    queue: [],
    lost: 0,
    untilPrune: 0,
    begun: false,
    failing: false,
    timer: null,
    opening: null,
  };
  const put = (entry: Omit<NewEntry, 'bottle'>) => {
    if (state.queue.length >= queueLimit) state.lost += 1;
    else state.queue.push({ ...entry, bottle: options.bottle });
  };
  return {
    begin: (entry) => {
      state.begun = true;
      state.queue.unshift({ ...entry, bottle: options.bottle });
      schedule(state, 0);
    },
    record: (entry) => {
      put(entry);
      schedule(state, gathering);
    },
    commit: (entry) => {
      put(entry);
      return flush(state);
    },
    async [Symbol.asyncDispose]() {
      if (!state.begun) return;
      if (state.timer) clearTimeout(state.timer);
      state.timer = null;
      await flush(state);
      if (state.timer) clearTimeout(state.timer);
      if (state.queue.length > 0)
        options.tell(`bot-bottle: ${state.queue.length} entries of the log are lost\n`);
      state.database?.close();
      state.database = null;
    },
  };
}

function schedule(state: State, delay: number): void {
  if (state.timer || !state.begun) return;
  state.timer = setTimeout(() => {
    state.timer = null;
    void flush(state);
  }, delay);
  // Waiting for a log that can't be written keeps no bottle open.
  state.timer.unref();
}

async function flush(state: State): Promise<boolean> {
  if (!state.begun) return false;
  try {
    state.opening ??= open(state);
    await state.opening;
    write(state);
    recovered(state);
    return true;
  } catch (thrown) {
    failed(state, thrown);
    return false;
  }
}

async function open(state: State): Promise<void> {
  const { file, bottle } = state.options;
  // Before the log: another writer may add to both in between.
  const noted = readHead(file);
  const database = await openLog(file);
  state.database = database;
  if (!noted || !isGone(database, noted)) return;
  const body = JSON.stringify(noted);
  state.queue.unshift({ time: Date.now(), bottle, kind: 'entries-missing', verdict: null, body });
}

function write(state: State): void {
  const { database, options } = state;
  if (!database) throw new Error('the log is not open');
  const { queue, lost } = state;
  const entries = lost > 0 ? [...queue, lostEntry(options.bottle, lost)] : queue;
  if (entries.length === 0) return;
  const head = append(database, entries);
  state.queue = [];
  state.lost = 0;
  writeHead(options.file, head);
  state.untilPrune -= entries.length;
  if (state.untilPrune > 0) return;
  // One batch at a time: between them other bottles may write.
  state.untilPrune = prune(database, options.retention, Date.now()) ? 1 : pruneInterval;
}

function lostEntry(bottle: string, count: number): NewEntry {
  return { time: Date.now(), bottle, kind: 'events-lost', verdict: null, body: JSON.stringify({ count }) };
}

/** A broken log stops no bottle, but it is said, and nothing is approved on it. */
function failed(state: State, thrown: unknown): void {
  const reason = String((thrown as { code?: unknown } | null)?.code ?? messageOf(thrown));
  if (!state.failing) {
    state.failing = true;
    state.options.tell(
      `bot-bottle: the log ${state.options.file} can't be written (${reason}). The bottle goes on; what the sidecar decides is not recorded, and held requests can't be approved until it is.\n`,
    );
  }
  // A file that was replaced or repaired is seen only when it is opened again; one that is busy is as good as before.
  if (reason !== 'SQLITE_BUSY' || !state.database) {
    closeQuietly(state);
    state.opening = null;
  }
  schedule(state, retryDelay);
}

function recovered(state: State): void {
  if (!state.failing) return;
  state.failing = false;
  state.options.tell(`bot-bottle: the log ${state.options.file} is written again.\n`);
}

function closeQuietly(state: State): void {
  try {
    state.database?.close();
  } catch {
    // It is given up either way.
  }
  state.database = null;
}
