import {
  isApproval,
  type OperatorDecision,
  type Proposal,
  type ProposalEnd,
} from '../../contract/proposal.js';
import type { ControlMessage } from '../../contract/sidecar.js';
import type { Recorder } from '../store/recorder.js';

/** What a bottle's start process holds for the operator: the requests that wait, and the way back to the sidecar. */
export interface Desk {
  readonly held: () => readonly Proposal[];
  /** Why a decision has no effect; null: it is on its way, and the proposal's end will tell. */
  readonly decide: (decision: OperatorDecision) => Promise<DecisionProblem | null>;
  /** Tells of every proposal and every end from now on; answers how to stop it. */
  readonly subscribe: (listener: DeskListener) => () => void;
  readonly onProposal: (proposal: Proposal) => void;
  readonly onEnd: (end: ProposalEnd) => void;
  readonly connect: (send: (message: ControlMessage) => void) => void;
  /** The sidecar is gone, and with it all that waited. */
  readonly close: () => void;
}

interface DeskListener {
  readonly onProposal: (proposal: Proposal) => void;
  readonly onEnd: (end: ProposalEnd) => void;
}

export type DecisionProblem =
  /** It doesn't wait, or not any more. */
  | 'not-held'
  /** An approval that can't be written to the log is none. */
  | 'not-recorded';

export function createDesk(recorder: Recorder): Desk {
  const waiting = new Map<string, Proposal>();
  const listeners = new Set<DeskListener>();
  let send: ((message: ControlMessage) => void) | null = null;

  function end(ended: ProposalEnd): void {
    if (!waiting.delete(ended.proposal)) return;
    recorder.record({
      time: ended.time,
      kind: 'proposal-ended',
      verdict: ended.decision ?? ended.outcome,
      body: JSON.stringify(ended),
    });
    for (const { onEnd } of listeners) onEnd(ended);
  }

  return {
    held: () => [...waiting.values()],
    async decide(decision) {
      if (!waiting.has(decision.proposal)) return 'not-held';
      const recorded = await recorder.commit({
        time: Date.now(),
        kind: 'decision',
        verdict: decision.decision,
        body: JSON.stringify(decision),
      });
      if (!recorded && isApproval(decision.decision)) return 'not-recorded';
      if (!send || !waiting.has(decision.proposal)) return 'not-held';
      send({ type: 'decision', ...decision });
      return null;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onProposal(proposal) {
      waiting.set(proposal.id, proposal);
      recorder.record({
        time: proposal.time,
        kind: 'proposal',
        verdict: null,
        body: JSON.stringify(proposal),
      });
      for (const { onProposal } of listeners) onProposal(proposal);
    },
    onEnd: end,
    connect: (channel) => {
      send = channel;
    },
    close() {
      send = null;
      for (const proposal of [...waiting.keys()]) {
        end({ proposal, time: Date.now(), outcome: 'bottle-ended', decision: null });
      }
    },
  };
}
