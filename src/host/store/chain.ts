import { createHash } from 'node:crypto';

/** What can be written to the log. */
export type EntryKind =
  | 'bottle-started'
  | 'bottle-ended'
  /** While the agent ran; `{"reason"}` is what it said of it, or null. */
  | 'sidecar-ended'
  | 'request'
  | 'proposal'
  | 'decision'
  | 'proposal-ended'
  /** Events that the sidecar or the log could not keep up with: `{"count"}`. */
  | 'events-lost'
  /** Entries that were written are gone from the end: `{"sequence","hash"}` is the last of them that was noted. */
  | 'entries-missing'
  /** Older entries were deleted: `{"sequence","hash"}` is the last of them. */
  | 'pruned';

/** What a writer has to say; the chain adds number and hash. */
export interface NewEntry {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly bottle: string;
  readonly kind: EntryKind;
  /** Of a request: allowed, refused, failed, held; of a decision or a proposal's end: its word. */
  readonly verdict: string | null;
  /** JSON. */
  readonly body: string;
}

export interface Entry extends NewEntry {
  /** Counts from 1 without a gap. */
  readonly sequence: number;
  /** SHA-256 over the entry and the hash of the one before, 64 hexadecimal digits. */
  readonly hash: string;
}

/** What the first entry of all is chained to. */
export const origin = '0'.repeat(64);

/** JSON of a list keeps the fields apart whatever they hold. */
export function hashOf(previous: string, entry: Omit<Entry, 'hash'>): string {
  const { sequence, time, bottle, kind, verdict, body } = entry;
  return createHash('sha256')
    .update(JSON.stringify([previous, sequence, time, bottle, kind, verdict, body]))
    .digest('hex');
}

/** The last entry of a chain, as it is written down beside it. */
export interface Head {
  readonly sequence: number;
  readonly hash: string;
}

export type Verification =
  | { readonly ok: true; readonly entries: number; readonly head: Head; readonly prunedThrough: number }
  | { readonly ok: false; readonly sequence: number; readonly problem: string };

/**
 * Follows a chain from its first entry to its last.
 *
 * @param entries in the order of their numbers
 * @param pruned what the last `pruned` entry of the chain says, if there is one; else the chain must begin with 1
 * @param noted last entries that were noted elsewhere: each must still be there, unless it was pruned
 */
export function verifyChain(
  entries: Iterable<Entry>,
  pruned: Head | null,
  noted: readonly Head[],
): Verification {
  const start: Head = pruned ?? { sequence: 0, hash: origin };
  const wanted = new Map(noted.map(({ sequence, hash }) => [sequence, hash]));
  let last = start;
  let count = 0;
  for (const entry of entries) {
    const { sequence, hash } = entry;
    if (sequence !== last.sequence + 1) {
      return broken(last.sequence + 1, `missing: after ${last.sequence} comes ${sequence}`);
    }
    if (hash !== hashOf(last.hash, entry)) {
      return broken(sequence, 'changed, or not in its place: its hash does not fit');
    }
    if ((wanted.get(sequence) ?? hash) !== hash) {
      return broken(sequence, 'another entry than the one that was noted: the log was written anew');
    }
    // Found by the writer, who noted a new end: without this entry the loss would no longer show.
    if (entry.kind === 'entries-missing') {
      const gone = readNoted(entry.body)?.sequence ?? sequence;
      return broken(
        sequence,
        `comes after others that are gone, cut off or lost as the power failed: the log once went on to ${gone}`,
      );
    }
    last = { sequence, hash };
    count += 1;
  }
  const cut = noted.find(({ sequence }) => sequence > last.sequence);
  if (cut) return broken(last.sequence + 1, `missing: the log once went on to ${cut.sequence}`);
  return { ok: true, entries: count, head: last, prunedThrough: start.sequence };
}

/** The entry that a `pruned` or an `entries-missing` one names. */
export function readNoted(body: string): Head | null {
  try {
    const { sequence, hash } = JSON.parse(body) as Partial<Head>;
    return typeof sequence === 'number' && typeof hash === 'string' ? { sequence, hash } : null;
  } catch {
    return null;
  }
}

function broken(sequence: number, problem: string): Verification {
  return { ok: false, sequence, problem };
}
