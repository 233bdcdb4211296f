import { verdicts } from './event.js';
import { decisions, proposalKinds, undecidedOutcomes } from './proposal.js';
import type { SidecarMessage } from './sidecar.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a line of a sidecar's; null for what none of ours says. It sits between the agent and the Internet: who got
 * into it must not end the process that holds the log and the walls, nor speak for another bottle.
 */
export function parseSidecarMessage(line: string, bottle: string): SidecarMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  return isFields(value) && isMessage(value, bottle) ? (value as unknown as SidecarMessage) : null;
}

function isMessage(message: Fields, bottle: string): boolean {
  const { type, event, proposal, end } = message;
  if (type === 'ready') return isText(message['certificate']);
  if (type === 'fatal') return isText(message['message']);
  if (type === 'dropped') return Number.isSafeInteger(message['count']);
  if (type === 'event')
    return isFields(event) && hasTexts(event, ['method', 'host', 'path']) && isOf(verdicts, event, 'verdict');
  if (type === 'proposal') return isFields(proposal) && isProposal(proposal, bottle);
  return type === 'proposal-ended' && isFields(end) && isEnd(end);
}

function isProposal(fields: Fields, bottle: string): boolean {
  const { id, detector, snippet, deadline } = fields;
  return (
    fields['bottle'] === bottle &&
    hasTexts(fields, ['id', 'method', 'host', 'path', 'rule']) &&
    String(id).startsWith(`${bottle}.`) &&
    Number.isSafeInteger(deadline) &&
    isOf(proposalKinds, fields, 'kind') &&
    [detector, snippet].every((one) => one === null || isText(one))
  );
}

function isEnd(fields: Fields): boolean {
  return (
    hasTexts(fields, ['proposal']) &&
    isOf(['decided', ...undecidedOutcomes], fields, 'outcome') &&
    (fields['decision'] === null || isOf(decisions, fields, 'decision'))
  );
}

/** Each of the three kinds of report has a time too. */
function hasTexts(fields: Fields, names: readonly string[]): boolean {
  return Number.isSafeInteger(fields['time']) && names.every((name) => isText(fields[name]));
}

function isOf(words: readonly string[], fields: Fields, name: string): boolean {
  return words.some((word) => word === fields[name]);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
