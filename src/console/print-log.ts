import type { EventFinding } from '../contract/event.js';
import { printable, printableJson } from '../contract/printable.js';
import { localTime } from './time.js';
import { findingWords } from './traffic.js';

/** An entry of the log, as far as a line of it needs it. */
export interface LogLine {
  readonly sequence: number;
  readonly time: number;
  readonly bottle: string;
  readonly kind: string;
  readonly verdict: string | null;
  readonly body: string;
}

/** `2025-01-31 14:05:09  demo-3fa2  refused  GET example.com/a  host-not-allowed` */
export function formatLogEntry({ time, bottle, kind, verdict, body }: LogLine): string {
  const fields = fieldsOf(body);
  const what = verdict === null || kind === 'request' ? (verdict ?? kind) : `${kind} ${verdict}`;
  return `${localTime(time)}  ${printable(bottle)}  ${printable(what)}  ${printable(detail(kind, fields), 400)}\n`;
}

export type Fields = Readonly<Record<string, unknown>>;

function detail(kind: string, fields: Fields): string {
  const text = (name: string) =>
    fields[name] === null || fields[name] === undefined ? '' : String(fields[name]);
  const asked = `${text('method')} ${text('host')}${text('path')}`;
  switch (kind) {
    case 'request':
      return `${asked}  ${text('code') || text('status')}  ${findingOf(fields)}`.trimEnd();
    case 'proposal':
      return `${text('id')}  ${asked}  ${text('detector') || text('kind')}  ${text('snippet')}`.trimEnd();
    case 'decision':
    case 'proposal-ended':
      return `${text('proposal')}  ${text('note')}`.trimEnd();
    case 'bottle-started':
      return `${text('agent')} on ${text('backend')}, workspace ${text('workspace')}`;
    case 'bottle-ended':
      return fields['exitCode'] === null ? 'without an exit code' : `exit code ${text('exitCode')}`;
    case 'sidecar-ended':
      return `while the agent ran: nothing could leave from then on  ${text('reason')}`.trimEnd();
    case 'events-lost':
      return `${text('count')} events could not be kept`;
    case 'entries-missing':
      return `entries before this one are gone: the log once went on to ${text('sequence')}`;
    case 'pruned':
      return `entries up to ${text('sequence')}`;
    default:
      return '';
  }
}

function findingOf({ finding }: Fields): string {
  return typeof finding === 'object' && finding !== null ? findingWords(finding as EventFinding) : '';
}

/** Those of an entry's body; none where it is no JSON. */
export function fieldsOf(body: string): Fields {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Fields) : {};
  } catch {
    return {};
  }
}

/** One JSON value a line, the body's fields beside the entry's own. */
export function logEntryJson(entry: LogLine & { readonly hash: string }): string {
  const { sequence, time, bottle, kind, verdict, body, hash } = entry;
  return `${printableJson({ sequence, time, bottle, kind, verdict, body: fieldsOf(body), hash })}\n`;
}
