import type Database from 'better-sqlite3';
import type { Head, Verification } from './chain.js';
import { isDamage, readLog } from './database.js';
import { readHead } from './head-file.js';
import { damage, verifyLog } from './read.js';

/**
 * Verifies a log with what is written down beside it; null where there is no log, and nobody knows of one.
 *
 * @param noted an entry that was noted elsewhere
 * @throws BottleError when the log can't be read
 */
export async function verifyFile(file: string, noted: Head | null): Promise<Verification | null> {
  // Before the log: a writer may add to both in between.
  const last = readHead(file);
  const heads = [last, noted].filter((one) => one !== null);
  let database: Database.Database | null;
  try {
    database = await readLog(file);
  } catch (thrown) {
    const { cause } = thrown as Error;
    if (isDamage(cause)) return damage(cause);
    throw thrown;
  }
  if (!database) {
    const problem = 'missing: there is no log any more';
    return heads.length === 0 ? null : { ok: false, sequence: 1, problem };
  }
  try {
    return withEnd(verifyLog(database, heads), last ?? readHead(file));
  } finally {
    database.close();
  }
}

/** Without a note of the last entry, one that was cut off is not missed. */
function withEnd(result: Verification, noted: Head | null): Verification {
  if (noted !== null || !result.ok || result.entries === 0) return result;
  const { entries, head } = result;
  return {
    ok: false,
    sequence: head.sequence + 1,
    problem: `may be missing: log.sqlite.head, which names the last one, is not there or can't be read, so that a cut end would not show; the ${entries} entries up to ${head.sequence}:${head.hash} are as they were`,
  };
}
