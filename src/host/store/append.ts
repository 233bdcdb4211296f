import type Database from 'better-sqlite3';
import { type Head, hashOf, type NewEntry, origin, readNoted } from './chain.js';

/** Appends entries in one transaction; processes that append at the same time wait for each other. */
export function append(database: Database.Database, entries: readonly NewEntry[]): Head {
  const insert = database.prepare(
    'INSERT INTO log (sequence, time, bottle, kind, verdict, body, hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const run = database.transaction(() => {
    let last = headOf(database);
    for (const entry of entries) {
      const sequence = last.sequence + 1;
      const hash = hashOf(last.hash, { ...entry, sequence });
      insert.run(sequence, entry.time, entry.bottle, entry.kind, entry.verdict, entry.body, hash);
      last = { sequence, hash };
    }
    return last;
  });
  // The lock is taken before the head is read.
  return run.immediate();
}

function headOf(database: Database.Database): Head {
  const found = database
    .prepare<[], Head>('SELECT sequence, hash FROM log ORDER BY sequence DESC LIMIT 1')
    .get();
  return found ?? { sequence: 0, hash: origin };
}

/** What the last `pruned` entry says; null: nothing was ever pruned. */
export function prunedOf(database: Database.Database): Head | null {
  const found = database
    .prepare<[], { body: string }>(
      "SELECT body FROM log WHERE kind = 'pruned' ORDER BY sequence DESC LIMIT 1",
    )
    .get();
  return found ? readNoted(found.body) : null;
}

/** Whether an entry that was noted as the last is neither there nor pruned. */
export function isGone(database: Database.Database, noted: Head): boolean {
  const found = database
    .prepare<[number], { hash: string }>('SELECT hash FROM log WHERE sequence = ?')
    .get(noted.sequence);
  if (found) return found.hash !== noted.hash;
  return noted.sequence > (prunedOf(database)?.sequence ?? 0);
}
