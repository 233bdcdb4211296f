import {
  type Decision,
  isApproval,
  type OperatorDecision,
  type Proposal,
  type ProposalEnd,
} from '../contract/proposal.js';
import type { Refusal } from '../contract/refusal.js';
import type { SidecarMessage } from '../contract/sidecar.js';
import { createSafelist } from './safelist.js';

/** Why a request must wait, as the proxy knows it. */
export interface HoldRequest
  extends Pick<Proposal, 'request' | 'kind' | 'method' | 'host' | 'path' | 'detector' | 'rule' | 'snippet'> {
  /**
   * What was found, each value in full (for an unknown host: the scheme); never told to anyone. An approval for the
   * bottle's life covers these values to this host; without any it covers this request alone.
   */
  readonly values: readonly string[];
  /** What the operator could write so that it isn't held; told to the agent. */
  readonly allow: string | null;
}

/** `refusal` is null when the client left: there is nobody to be told. */
export type HoldAnswer =
  | { readonly approved: true }
  | { readonly approved: false; readonly refusal: Refusal | null };

export interface Holds {
  /** Waits for the operator's answer. Never rejects; every way to an end but an approval is a No. */
  readonly hold: (request: HoldRequest, client: AbortSignal) => Promise<HoldAnswer>;
  /** False when the proposal doesn't wait (any more): then nothing happens. */
  readonly decide: (decision: OperatorDecision) => boolean;
  /** Refuses all that wait and all that come: nobody can be asked any more. */
  readonly close: () => void;
}

export interface HoldOptions {
  readonly bottle: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** False: the operator will not hear of it. */
  readonly send: (message: SidecarMessage) => boolean;
  readonly clock?: Clock;
  /** Requests that may wait at once; each keeps its connection and what was read of its body. */
  readonly limit?: number;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Calls after so many milliseconds, unless the function it answers is called first. */
  readonly after: (milliseconds: number, call: () => void) => () => void;
}

interface Waiting {
  readonly proposal: Proposal;
  readonly request: HoldRequest;
  readonly keys: readonly string[];
  readonly end: (answer: HoldAnswer, outcome: ProposalEnd['outcome'], decision: Decision | null) => void;
}

const defaultLimit = 256;

const systemClock: Clock = {
  now: Date.now,
  after: (milliseconds, call) => {
    const timer = setTimeout(call, milliseconds);
    return () => clearTimeout(timer);
  },
};

export function createHolds({
  bottle,
  timeout,
  send,
  clock = systemClock,
  limit = defaultLimit,
}: HoldOptions): Holds {
  const waiting = new Map<string, Waiting>();
  const approved = createSafelist();
  const denied = createSafelist();
  let count = 0;
  let closed = false;

  /** What was answered for the bottle's life, if it covers this. */
  function standing(keys: readonly string[]): Decision | null {
    if (keys.some(denied.has)) return 'deny-for-bottle';
    return keys.length > 0 && keys.every(approved.has) ? 'approve-for-bottle' : null;
  }

  function ask(request: HoldRequest, keys: readonly string[], client: AbortSignal): Promise<HoldAnswer> {
    count += 1;
    const time = clock.now();
    const proposal = proposalOf(request, {
      id: `${bottle}.${count}`,
      bottle,
      time,
      deadline: time + timeout,
    });
    return new Promise((resolve) => {
      const entry: Waiting = {
        proposal,
        request,
        keys,
        end: (answer, outcome, decision) => {
          if (!waiting.delete(proposal.id)) return;
          cancel();
          client.removeEventListener('abort', onLeave);
          send({
            type: 'proposal-ended',
            end: { proposal: proposal.id, time: clock.now(), outcome, decision },
          });
          resolve(answer);
        },
      };
      const onLeave = () => entry.end({ approved: false, refusal: null }, 'client-left', null);
      const cancel = clock.after(timeout, () => expire(entry));
      client.addEventListener('abort', onLeave, { once: true });
      waiting.set(proposal.id, entry);
      if (!send({ type: 'proposal', proposal })) {
        entry.end(no('held-unavailable', 'the operator cannot be asked', request), 'bottle-ended', null);
      }
    });
  }

  function expire({ request, end }: Waiting): void {
    end(
      no('held-timeout', `nobody answered within ${Math.round(timeout / 1000)} s`, request),
      'timed-out',
      null,
    );
  }

  function settle(entry: Waiting, decision: Decision, note: string | null): void {
    const answer = isApproval(decision) ? { approved: true as const } : denial(entry.request, note);
    entry.end(answer, 'decided', decision);
  }

  return {
    async hold(request, client) {
      if (client.aborted) return { approved: false, refusal: null };
      if (closed) return no('held-unavailable', 'the operator cannot be asked', request);
      const keys = request.values.map((value) => JSON.stringify([request.kind, request.host, value]));
      const answered = standing(keys);
      if (answered !== null) return isApproval(answered) ? { approved: true } : denial(request, null);
      if (waiting.size >= limit)
        return no('held-too-many', `${limit} requests wait for the operator`, request);
      return ask(request, keys, client);
    },
    decide({ proposal, decision, note }) {
      const entry = waiting.get(proposal);
      if (!entry) return false;
      // A process that was stopped or slept may read an answer before its overdue timers run.
      if (clock.now() >= entry.proposal.deadline) {
        expire(entry);
        return false;
      }
      if (decision === 'approve-for-bottle') entry.keys.forEach(approved.add);
      if (decision === 'deny-for-bottle') entry.keys.forEach(denied.add);
      settle(entry, decision, note);
      for (const other of [...waiting.values()]) {
        const answered = standing(other.keys);
        if (answered !== null) settle(other, answered, note);
      }
      return true;
    },
    close() {
      closed = true;
      for (const { request, end } of [...waiting.values()]) {
        end(no('held-unavailable', 'the operator cannot be asked any more', request), 'bottle-ended', null);
      }
    },
  };
}

function proposalOf(
  { request, kind, method, host, path, detector, rule, snippet }: HoldRequest,
  identity: Pick<Proposal, 'id' | 'bottle' | 'time' | 'deadline'>,
): Proposal {
  return { ...identity, request, kind, method, host, path, detector, rule, snippet };
}

function denial(request: HoldRequest, note: string | null): HoldAnswer {
  return no('held-denied', 'the operator denied this request', request, note);
}

function no(
  code: Refusal['code'],
  message: string,
  { rule, allow }: HoldRequest,
  note: string | null = null,
): HoldAnswer {
  return { approved: false, refusal: { code, message, rule, allow, ...(note !== null && { note }) } };
}
