import { printable } from '../contract/printable.js';
import type { Proposal, ProposalEnd } from '../contract/proposal.js';

/** Why a request waits, in a few words. */
export function reasonOf({ kind, detector }: Proposal): string {
  return kind === 'unknown-host' ? 'no route names this host' : printable(detector ?? 'a finding');
}

/** RFC 1035, 2.3.4. */
const longestHost = 253;

/** A host in so many characters: of a long one its end is shown always, for that says whose it is. */
export function hostWithin(host: string, room: number): string {
  if (host.length <= room) return printable(host, longestHost);
  return printable(`${host.slice(0, 8)}...${host.slice(11 - room)}`, longestHost);
}

/** One held request as a line: its id, the seconds that are left, what it asks and why it waits. */
export function proposalLine(proposal: Proposal, now: number): string {
  const { id, method, host, path, snippet, deadline } = proposal;
  const left = Math.max(0, Math.ceil((deadline - now) / 1000));
  const shown = snippet === null ? '' : `  ${printable(snippet)}`;
  return `${printable(id)}  ${left} s left  ${printable(`${method} `)}${printable(host, longestHost)}${printable(path)}  (${reasonOf(proposal)})${shown}\n`;
}

const words: Readonly<Record<string, string>> = {
  'approve-once': 'approved',
  'approve-for-bottle': "approved for the bottle's life",
  deny: 'denied',
  'deny-for-bottle': "denied for the bottle's life",
  'timed-out': 'refused: nobody answered in time',
  'client-left': 'gone: the client left',
  'bottle-ended': 'gone: the bottle ended',
};

/** `1 running bottle` */
export const runningBottles = (count: number): string =>
  `${count} running ${count === 1 ? 'bottle' : 'bottles'}`;

/** How a wait ended, in a few words. */
export function endWords({ outcome, decision }: ProposalEnd): string {
  return words[decision ?? outcome] ?? outcome;
}
