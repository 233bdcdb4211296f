import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { OperatorDecision, Proposal, ProposalEnd } from '../../contract/proposal.js';
import { runtimeRoot } from '../runtime-directory.js';
import type { DecisionProblem } from './desk.js';

/** How a bottle introduces itself to who asks. */
export interface BottleIntroduction {
  readonly bottle: string;
  readonly agent: string;
  readonly backend: string;
  readonly workspace: string;
  /** Milliseconds since the epoch. */
  readonly started: number;
}

/** Lines that a start process writes to whoever connects, one JSON value each. */
export type ChannelMessage =
  | { readonly type: 'bottle'; readonly version: 1; readonly bottle: BottleIntroduction }
  | { readonly type: 'proposal'; readonly proposal: Proposal }
  /** All that waited at the time of the connection has been told. */
  | { readonly type: 'ready' }
  | { readonly type: 'proposal-ended'; readonly end: ProposalEnd }
  | { readonly type: 'problem'; readonly proposal: string; readonly problem: DecisionProblem };

/** Lines that it reads. */
export type ChannelRequest = { readonly type: 'decision' } & OperatorDecision;

/** Bytes of one line, in either direction. */
export const longestLine = 64 * 1024;

/** Where the sockets lie: a folder of this user's alone, no part of which any sandbox sees. */
export function channelFolder(environment: Readonly<Record<string, string | undefined>>): string {
  return join(runtimeRoot(environment), 'operator');
}

/** Short whatever the bottle is called: a unix socket's path may have 107 bytes. */
export function channelSocket(folder: string, bottle: string): string {
  return join(folder, `${createHash('sha256').update(bottle).digest('hex').slice(0, 16)}.sock`);
}
