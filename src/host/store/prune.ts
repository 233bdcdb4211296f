import type Database from 'better-sqlite3';
import { BottleError } from '../../contract/errors.js';
import { append } from './append.js';
import type { Head } from './chain.js';

/** How much of the past is kept. */
export interface Retention {
  /** Milliseconds. */
  readonly age: number;
  /** Of the file, bytes. */
  readonly size: number;
}

const day = 24 * 60 * 60 * 1000;
const megabyte = 1024 * 1024;
/** Entries deleted in one transaction, so that other bottles' writers wait a few milliseconds only. */
const batch = 10_000;

/** @throws BottleError for a setting that is no number */
export function retentionOf(environment: Readonly<Record<string, string | undefined>>): Retention {
  return {
    age: setting(environment, 'BOT_BOTTLE_LOG_DAYS', 90) * day,
    size: setting(environment, 'BOT_BOTTLE_LOG_MEGABYTES', 256) * megabyte,
  };
}

function setting(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
  otherwise: number,
): number {
  const given = environment[name];
  if (!given) return otherwise;
  if (/^\d{1,6}$/.test(given) && Number(given) > 0) return Number(given);
  throw new BottleError({
    code: 'usage',
    message: `${name} is not a whole number above 0`,
    where: name,
    hint: `unset it: ${otherwise} is the default`,
  });
}

/** Deletes the oldest entries beyond what is kept, a batch at most; answers whether there may be more to delete. */
export function prune(database: Database.Database, { age, size }: Retention, now: number): boolean {
  const last = lastToDelete(database, now - age, usedBytes(database) > size);
  if (!last) return false;
  database
    .transaction(() => {
      append(database, [
        { time: now, bottle: '', kind: 'pruned', verdict: null, body: JSON.stringify(last) },
      ]);
      database.prepare('DELETE FROM log WHERE sequence <= ?').run(last.sequence);
    })
    .immediate();
  database.pragma('incremental_vacuum');
  return true;
}

/**
 * The last of those at the beginning that are too old, a batch at most; or where the file is too large, of a tenth of
 * all. One that is old after one that isn't was written by a wrong clock: what is before it stays.
 */
function lastToDelete(database: Database.Database, oldest: number, tooLarge: boolean): Head | null {
  const bounds = database
    .prepare<[], { first: number | null; last: number | null }>(
      'SELECT MIN(sequence) AS first, MAX(sequence) AS last FROM log',
    )
    .get();
  if (!bounds || bounds.first === null || bounds.last === null) return null;
  const { first, last } = bounds;
  const end = Math.min(first + batch, last);
  const kept = database
    .prepare<[number, number], { sequence: number | null }>(
      'SELECT MIN(sequence) AS sequence FROM log WHERE sequence < ? AND time >= ?',
    )
    .get(end, oldest);
  const byAge = (kept?.sequence ?? end) - 1;
  const bySize = tooLarge && last > first ? first + Math.min(batch, Math.ceil((last - first) / 10)) - 1 : 0;
  const through = Math.max(byAge, bySize);
  if (through < first) return null;
  return (
    database.prepare<[number], Head>('SELECT sequence, hash FROM log WHERE sequence = ?').get(through) ?? null
  );
}

function usedBytes(database: Database.Database): number {
  const pragma = (name: string) => Number(database.pragma(name, { simple: true }));
  return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
}
