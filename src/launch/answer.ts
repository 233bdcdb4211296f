import { endWords } from '../console/print-proposals.js';
import { BottleError } from '../contract/errors.js';
import { printable } from '../contract/printable.js';
import type { Decision, ProposalEnd } from '../contract/proposal.js';
import { longestNote } from '../contract/proposal.js';
import { channelFolder } from '../host/operator/channel.js';
import { watchBottles } from '../host/operator/channel-client.js';

export interface Answer {
  readonly ids: readonly string[];
  readonly decision: Decision;
  readonly note: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly print: (text: string) => void;
}

type Result = ProposalEnd | 'not-held' | 'not-recorded' | 'no-answer';

/** Milliseconds for a bottle to say what became of it. */
const patience = 10_000;

/** Answers held requests by their ids, and prints what became of each; true when each was decided so. */
export async function answerProposals({ ids, decision, note, environment, print }: Answer): Promise<boolean> {
  if (note !== null && note.length > longestNote) {
    throw new BottleError({
      code: 'usage',
      message: `the note has more than ${longestNote} characters`,
      where: '--why',
      hint: 'the agent reads it in the refusal; keep it short',
    });
  }
  const waiting = new Map<string, (result: Result) => void>();
  const settle = (id: string, result: Result) => waiting.get(id)?.(result);
  using watch = await watchBottles(channelFolder(environment), {
    onEnd: (end) => settle(end.proposal, end),
    onProblem: settle,
  });
  let well = true;
  for (const id of ids) {
    const result = await new Promise<Result>((resolve) => {
      waiting.set(id, resolve);
      if (!watch.decide({ proposal: id, decision, note })) resolve('not-held');
      else setTimeout(() => resolve('no-answer'), patience).unref();
    });
    if (typeof result === 'string' || result.decision !== decision) well = false;
    print(`${printable(id)}: ${resultWords(result)}\n`);
  }
  return well;
}

function resultWords(result: Result): string {
  if (result === 'not-held')
    return 'no request with this id waits (any more); bot-bottle proposals lists those that do';
  if (result === 'not-recorded')
    return "not approved: the log can't be written, see what the bottle's start says";
  if (result === 'no-answer')
    return 'the bottle does not answer; the request is refused when its time is over';
  return endWords(result);
}
