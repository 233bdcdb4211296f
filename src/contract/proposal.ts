/** A request that waits for the operator, as it is told to the host; holds no value of a secret. */
export interface Proposal {
  /** Unique among running bottles: the bottle's id, a dot, a count. */
  readonly id: string;
  readonly bottle: string;
  /** The request's number in its sidecar, as in {@link DecisionEvent}. */
  readonly request: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Milliseconds since the epoch, when the request is refused unless decided. */
  readonly deadline: number;
  readonly kind: (typeof proposalKinds)[number];
  readonly method: string;
  readonly host: string;
  /** Without its query; control characters escaped; at most 200 characters. */
  readonly path: string;
  /** What found something; null for a host that no route names. */
  readonly detector: string | null;
  /** The rule that asks, as a refusal would name it. */
  readonly rule: string;
  /** Where the finding lies, with the value itself struck out; at most 200 characters. */
  readonly snippet: string | null;
}

export const proposalKinds = ['finding', 'unknown-host'] as const;

/**
 * `for-bottle`: the same value to the same host, or the same unknown host, is not asked about again
 * as long as the bottle lives.
 */
export const decisions = ['approve-once', 'approve-for-bottle', 'deny', 'deny-for-bottle'] as const;

export type Decision = (typeof decisions)[number];

export function isApproval(decision: Decision): boolean {
  return decision === 'approve-once' || decision === 'approve-for-bottle';
}

/** What the operator answers. */
export interface OperatorDecision {
  readonly proposal: string;
  readonly decision: Decision;
  /** Told to the agent in the refusal; one line, at most {@link longestNote} characters. */
  readonly note: string | null;
}

export const longestNote = 500;

/** How a wait ended that nobody decided. */
export const undecidedOutcomes = ['timed-out', 'client-left', 'bottle-ended'] as const;

/** How a proposal's wait ended; the sidecar alone knows, because only there a decision and a time-out can race. */
export interface ProposalEnd {
  readonly proposal: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly outcome: 'decided' | (typeof undecidedOutcomes)[number];
  /** With `decided` only. */
  readonly decision: Decision | null;
}

/** Reads a line of a control channel, `{"type":"decision",...}`; null for what is none: the default answer is No. */
export function parseDecision(line: string): OperatorDecision | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { type, proposal, decision: word, note } = value as Record<string, unknown>;
  if (type !== 'decision') return null;
  const decision = decisions.find((one) => one === word);
  if (typeof proposal !== 'string' || decision === undefined) return null;
  if (note !== null && (typeof note !== 'string' || note.length > longestNote)) return null;
  return { proposal, decision, note };
}
