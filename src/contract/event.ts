import type { RefusalCode } from './refusal.js';

/** What a scan found and what became of it; never the value. */
export interface EventFinding {
  readonly direction: 'outbound' | 'inbound';
  readonly detector: string;
  readonly rule: string;
  /** `structured`, `contextual`, `known`, `structure`, `injection`. */
  readonly class: string;
  /** Where it stood: `body`, `path`, `header authorization`, ... */
  readonly place: string;
  /** Findings in all; the others may be of other rules. */
  readonly count: number;
  readonly outcome: 'approved' | 'redacted' | 'blocked' | 'warned';
}

export const verdicts = ['allowed', 'refused', 'failed', 'held'] as const;

/** One decision of the sidecar (law 13). Times are milliseconds, sizes bytes as they crossed the wire. */
export interface DecisionEvent {
  readonly kind: 'decision';
  /** Milliseconds since the epoch, when the request arrived. */
  readonly time: number;
  /** Counts from 1 in each sidecar; 1 is the proof of the walls, which has no event. */
  readonly request: number;
  readonly way: 'connect' | 'tls' | 'plain' | 'upgrade' | 'transparent' | 'git';
  readonly method: string;
  readonly host: string;
  /** Without its query; control characters escaped; at most 200 characters; what a scan finds in it is struck out. */
  readonly path: string;
  readonly route: string | null;
  /**
   * `held`: a CONNECT to a host that no route names was answered, so that it can be seen what is asked for inside; each
   * request there waits for the operator and has its own event. Nothing has left by it.
   */
  readonly verdict: (typeof verdicts)[number];
  readonly code: RefusalCode | null;
  /** The first that was found; null: nothing was, or nobody looked. */
  readonly finding: EventFinding | null;
  readonly status: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly duration: number;
}
