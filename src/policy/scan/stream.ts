import type { Surface } from './detector.js';
import type { Finding, ScanResult } from './finding.js';
import { createJoiner } from './joiner.js';
import type { Scanner } from './scanner.js';

/** What may go on now, and what was seen in it or begins in it. */
interface StreamStep {
  /** Bytes that no finding can reach any more. Empty while all is held back. */
  readonly release: Buffer;
  /** By offsets into the whole stream. */
  readonly findings: readonly Finding[];
  readonly outcome: ScanResult['outcome'];
}

export interface ScanStream {
  push(chunk: Uint8Array): StreamStep;
  /** Scans and releases what was held back, with the last bytes if there are any more. */
  end(chunk?: Uint8Array): StreamStep;
}

/** Bytes held back at least: longer than any token; a private key is held from its first line on. */
const tail = 1024;
/** Released bytes that the next window begins with. */
const leadBytes = 256;
/** Held back at most, where a run or a key goes on and on: the memory one stream may take. */
const longestHeld = 64 * 1024;
/** Scanned at once: small chunks are gathered, whatever is held back besides. */
const gathered = 16 * 1024;

const nothing = Buffer.alloc(0);
const together = createJoiner();

/**
 * Scans a stream through a window that overlaps, so that a value that two chunks share is seen whole before
 * its first byte goes. Nothing of a finding is released: the caller stops, or redacts `release` by its offsets.
 */
export function scanStream(scanner: Scanner, surface: Surface): ScanStream {
  let held: Buffer = nothing;
  /** Not scanned yet. */
  const fresh = createGathering(gathered);
  /** Released bytes that are still looked at: the words before a value. */
  let lead: Buffer = nothing;
  let offset = 0;
  const step = (chunk: Uint8Array, last: boolean): StreamStep => {
    if (!last && fresh.add(chunk)) return { release: nothing, findings: [], outcome: 'complete' };
    const window = together(lead, held, fresh.take(), chunk);
    const unreleased = window.subarray(lead.length);
    const { findings: all, outcome } = scanner.scan(window, surface);
    const findings = all
      .filter(({ end }) => end > lead.length)
      .map((finding) => ({
        ...finding,
        start: Math.max(0, finding.start - lead.length),
        end: finding.end - lead.length,
      }));
    const cut = last ? unreleased.length : cutBefore(unreleased, findings);
    const seen = findings
      .filter(({ start }) => start < cut)
      .map((finding) => ({ ...finding, start: finding.start + offset, end: finding.end + offset }));
    const release = Buffer.from(unreleased.subarray(0, cut));
    held = Buffer.from(unreleased.subarray(cut));
    const end = lead.length + cut;
    lead = Buffer.from(window.subarray(Math.max(0, end - leadBytes), end));
    offset += cut;
    return { release, findings: seen, outcome };
  };
  return {
    push: (chunk) => step(chunk, false),
    end: (chunk = nothing) => step(chunk, true),
  };
}

interface Gathering {
  /** Copies a chunk; false where it is one too many: nothing was done. */
  add(chunk: Uint8Array): boolean;
  /** What was added since the last time, until something is added again. */
  take(): Uint8Array;
}

/** Memory for `size` bytes less one, that grows as they come: most streams come in pieces of as many. */
function createGathering(size: number): Gathering {
  let memory = nothing;
  let length = 0;
  return {
    add(chunk) {
      const needed = length + chunk.length;
      if (needed >= size) return false;
      if (needed > memory.length) {
        const grown = Buffer.alloc(Math.min(size, Math.max(needed, 2 * memory.length)));
        grown.set(memory.subarray(0, length));
        memory = grown;
      }
      memory.set(chunk, length);
      length = needed;
      return true;
    },
    take() {
      const taken = memory.subarray(0, length);
      length = 0;
      return taken;
    },
  };
}

const armourBegin = Buffer.from('-----BEGIN ');

/** Where the held bytes may be cut: before the tail, before a key that has not ended, never inside a finding or a run. */
function cutBefore(held: Buffer, findings: readonly Finding[]): number {
  const latest = Math.max(0, held.length - tail);
  const earliest = Math.max(0, held.length - longestHeld);
  let cut = latest;
  // Backwards it takes longer, and clean text has none.
  const armour = held.includes(armourBegin) ? held.lastIndexOf(armourBegin) : -1;
  if (armour >= 0 && held.indexOf('-----END ', armour) < 0) cut = Math.min(cut, armour);
  for (const { start, end } of findings) if (start < cut && end > cut) cut = start;
  while (cut > earliest && !isBoundary(held[cut - 1])) cut -= 1;
  return Math.max(cut, earliest);
}

/** White space and what parts fields: no token goes on across it. */
function isBoundary(byte: number | undefined): boolean {
  return (
    byte === undefined || byte <= 0x20 || byte === 0x22 || byte === 0x2c || byte === 0x3b || byte === 0x7d
  );
}
