import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import { BottleError } from '../../contract/errors.js';
import { stateFolder } from '../../plan/user-folders.js';
import { registeredHome } from '../registered-home.js';

type Environment = Readonly<Record<string, string | undefined>>;

const version = 1;
/** Milliseconds to wait for another process's transaction; each of ours takes a few. */
const busyTimeout = 2000;

/**
 * One table holds everything, so that one chain covers everything; the rest are views of it.
 * A time is milliseconds since the epoch, a body JSON.
 */
const schema = `
CREATE TABLE log (
  sequence INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  bottle TEXT NOT NULL,
  kind TEXT NOT NULL,
  verdict TEXT,
  body TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX log_by_bottle ON log (bottle, sequence);
CREATE INDEX log_by_kind ON log (kind, sequence);
CREATE VIEW bottles AS
  SELECT s.sequence, s.time AS started, s.bottle, s.body ->> 'agent' AS agent, s.body ->> 'backend' AS backend,
    (SELECT MIN(e.time) FROM log e WHERE e.bottle = s.bottle AND e.kind = 'bottle-ended' AND e.sequence > s.sequence) AS ended
  FROM log s WHERE s.kind = 'bottle-started';
CREATE VIEW events AS
  SELECT sequence, time, bottle, verdict, body ->> 'request' AS request, body ->> 'method' AS method,
    body ->> 'host' AS host, body ->> 'path' AS path, body ->> 'code' AS code, body ->> 'status' AS status
  FROM log WHERE kind = 'request';
CREATE VIEW proposals AS
  SELECT sequence, time, bottle, body ->> 'id' AS proposal, body ->> 'kind' AS kind, body ->> 'method' AS method,
    body ->> 'host' AS host, body ->> 'path' AS path, body ->> 'detector' AS detector, body ->> 'snippet' AS snippet
  FROM log WHERE kind = 'proposal';
CREATE VIEW decisions AS
  SELECT sequence, time, bottle, kind, body ->> 'proposal' AS proposal, verdict, body ->> 'note' AS note
  FROM log WHERE kind IN ('decision', 'proposal-ended');
`;

/** Where the log lies: below $XDG_STATE_HOME, or ~/.local/state. */
export function logFile(environment: Environment): string {
  return join(stateFolder(environment, registeredHome), 'bot-bottle', 'log.sqlite');
}

/** Opens the log for writing, and makes it where there is none. @throws whatever stands in the way */
export async function openLog(file: string): Promise<Database.Database> {
  const { default: Sqlite } = await import('better-sqlite3');
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  // SQLite gives its other files the rights of this one.
  closeSync(openSync(file, 'a', 0o600));
  const database = new Sqlite(file, { timeout: busyTimeout });
  try {
    database.pragma('auto_vacuum = INCREMENTAL');
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma('journal_size_limit = 4194304');
    database.transaction(() => makeSchema(database, file)).immediate();
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

function makeSchema(database: Database.Database, file: string): void {
  const found = versionOf(database);
  if (found === version) return;
  if (found !== 0) throw otherVersion(file);
  database.exec(schema);
  database.pragma(`user_version = ${version}`);
}

/** Opens the log for reading; null where there is none yet. @throws BottleError when it can't be read */
export async function readLog(file: string): Promise<Database.Database | null> {
  let database: Database.Database | undefined;
  try {
    if (!statSync(file, { throwIfNoEntry: false })) return null;
    const { default: Sqlite } = await import('better-sqlite3');
    database = new Sqlite(file, { timeout: busyTimeout, readonly: true, fileMustExist: true });
    const found = versionOf(database);
    if (found === version) return database;
    if (found !== 0) throw otherVersion(file);
    database.close();
    return null;
  } catch (cause) {
    database?.close();
    throw cause instanceof BottleError ? cause : unreadableLog(file, cause);
  }
}

/** Whether the file is no log (any more), or a broken one. */
export function isDamage(thrown: unknown): boolean {
  return /^SQLITE_(NOTADB$|CORRUPT)/.test(String((thrown as { code?: unknown } | undefined)?.code));
}

/** Only a file that is no log, or a broken one, is in the way of a new one. */
export function unreadableLog(file: string, cause: unknown): BottleError {
  const code = String((cause as { code?: unknown }).code ?? cause);
  if (code === 'ERR_DLOPEN_FAILED') {
    return new BottleError({
      code: 'host-not-ready',
      message: `the log can't be read: better-sqlite3, which reads it, was not built for this Node (${process.version})`,
      hint: 'use the Node that bot-bottle was installed with, or npm rebuild better-sqlite3 where it is installed',
      cause,
    });
  }
  return new BottleError({
    code: 'host-not-ready',
    message: `the log can't be read (${code})`,
    where: file,
    hint: isDamage(cause)
      ? 'move the file and log.sqlite.head away: a new log is begun with the next bottle'
      : 'try again; it must be yours to read, and so its folder',
    cause,
  });
}

function versionOf(database: Database.Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}

function otherVersion(file: string): BottleError {
  return new BottleError({
    code: 'host-not-ready',
    message: 'the log was written by another version of bot-bottle',
    where: file,
    hint: 'use that version, or move the file and log.sqlite.head away: a new log is begun with the next bottle',
  });
}
