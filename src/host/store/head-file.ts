import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Head } from './chain.js';

/**
 * The last entry's number and hash, beside the log: without it a log whose newest entries were cut off looks whole.
 * It may lag behind by what was written last, and lead only where a power failure took that back.
 */
export function writeHead(logFile: string, head: Head): void {
  const file = headFile(logFile);
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(head)}\n`, { mode: 0o600 });
  renameSync(fresh, file);
}

/** null: there is none, or none that can be read. */
export function readHead(logFile: string): Head | null {
  try {
    const { sequence, hash } = JSON.parse(readFileSync(headFile(logFile), 'utf8')) as Partial<Head>;
    return Number.isInteger(sequence) && typeof hash === 'string'
      ? { sequence: Number(sequence), hash }
      : null;
  } catch {
    return null;
  }
}

function headFile(logFile: string): string {
  return `${logFile}.head`;
}
