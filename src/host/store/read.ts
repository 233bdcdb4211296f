import type Database from 'better-sqlite3';
import { prunedOf } from './append.js';
import { type Entry, type EntryKind, type Head, type Verification, verifyChain } from './chain.js';
import { isDamage } from './database.js';

export interface LogQuery {
  /** A bottle's id, or the agent's name that it begins with. */
  readonly bottle?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly since?: number | undefined;
  readonly verdict?: string | undefined;
  readonly kinds?: readonly EntryKind[] | undefined;
  /** Only the newest so many. */
  readonly last?: number | undefined;
}

/** Entries in the order in which they were written. */
export function* queryLog(database: Database.Database, query: LogQuery): Generator<Entry> {
  const { bottle, since, verdict, kinds, last } = query;
  const conditions: [string, readonly (string | number)[]][] = [];
  if (bottle !== undefined)
    conditions.push([
      '(bottle = ? OR bottle GLOB ?)',
      [bottle, `${globQuoted(bottle)}-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]`],
    ]);
  if (since !== undefined) conditions.push(['time >= ?', [since]]);
  if (verdict !== undefined) conditions.push(['verdict = ?', [verdict]]);
  if (kinds !== undefined) conditions.push([`kind IN (${kinds.map(() => '?').join(', ')})`, kinds]);
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(([text]) => text).join(' AND ')}`;
  const values = conditions.flatMap(([, parameters]) => parameters);
  const newest = last === undefined ? '' : 'ORDER BY sequence DESC LIMIT ?';
  const statement = database.prepare<(string | number)[], Entry>(
    `SELECT * FROM (SELECT * FROM log ${where} ${newest}) ORDER BY sequence`,
  );
  yield* statement.iterate(...values, ...(last === undefined ? [] : [last]));
}

function globQuoted(text: string): string {
  return text.replace(/[*?[]/g, '[$&]');
}

/** Reads the whole log; @param noted last entries that were noted elsewhere */
export function verifyLog(database: Database.Database, noted: readonly Head[]): Verification {
  // One transaction: what others write meanwhile isn't looked at.
  const verify = database.transaction(() => {
    const entries = database.prepare<[], Entry>('SELECT * FROM log ORDER BY sequence').iterate();
    return verifyChain(entries, prunedOf(database), noted);
  });
  try {
    return verify();
  } catch (thrown) {
    return damage(thrown);
  }
}

/** What a damaged file proves. @throws what is no damage */
export function damage(thrown: unknown): Verification {
  if (!isDamage(thrown)) throw thrown;
  return { ok: false, sequence: 0, problem: `the file is damaged (${(thrown as { code?: unknown }).code})` };
}
