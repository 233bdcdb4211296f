import { type Fields, fieldsOf, type LogLine } from '../console/print-log.js';
import { endWords, hostWithin } from '../console/print-proposals.js';
import { localTime } from '../console/time.js';
import { printable } from '../contract/printable.js';
import { longestNote, type ProposalEnd } from '../contract/proposal.js';

/** Longer than any host. Characters. */
const wholeHost = 254;

/**
 * What was decided before, newest first: a line for each request that waited, by how that ended.
 *
 * @param entries proposals, decisions and ends, in the order of the log
 */
export function historyLines(entries: readonly LogLine[]): readonly string[] {
  const asked = new Map<string, Fields>();
  const notes = new Map<string, string>();
  const lines: string[] = [];
  for (const { kind, body } of entries) {
    const fields = fieldsOf(body);
    if (kind === 'proposal') asked.set(String(fields['id']), fields);
    else if (kind === 'decision') notes.set(String(fields['proposal']), String(fields['note'] ?? ''));
    else if (kind === 'proposal-ended') {
      const id = String(fields['proposal']);
      lines.push(endLine(fields, asked.get(id), notes.get(id) ?? ''));
    }
  }
  return lines.reverse();
}

function endLine(end: Fields, proposal: Fields | undefined, note: string): string {
  const { proposal: id, time } = end;
  const of = proposal ?? {};
  const request = proposal
    ? `${printable(String(of['method']))} ${hostWithin(String(of['host']), wholeHost)}${printable(String(of['path']))}`
    : printable(String(id));
  const why = proposal ? `  (${printable(String(of['detector'] ?? of['kind']))})` : '';
  const told = note === '' ? '' : `  note: ${printable(note, longestNote)}`;
  const words = printable(String(endWords(end as unknown as ProposalEnd)));
  return `${localTime(Number(time))}  ${words}  ${request}${why}${told}`;
}
