import type { RefusalCode } from './refusal.js';

/** One decision of the sidecar (law 13). Times are milliseconds, sizes bytes as they crossed the wire. */
export interface DecisionEvent {
  readonly kind: 'decision';
  /** Milliseconds since the epoch, when the request arrived. */
  readonly time: number;
  /** Counts from 1 in each sidecar. */
  readonly request: number;
  readonly way: 'connect' | 'tls' | 'plain' | 'upgrade' | 'transparent' | 'git';
  readonly method: string;
  readonly host: string;
  /** Without its query; control characters escaped; at most 200 characters. */
  readonly path: string;
  readonly route: string | null;
  readonly verdict: 'allowed' | 'refused' | 'failed';
  readonly code: RefusalCode | null;
  readonly status: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly duration: number;
}
