import type { DecisionEvent } from '../contract/event.js';

/**
 * The line of JSON that tells the parent of a decision. There is one for each request, and a general way to JSON takes
 * as long as the decision.
 */
export function eventLine(event: DecisionEvent): string {
  const { time, request, way, verdict, status, bytesSent, bytesReceived, duration } = event;
  return (
    `{"type":"event","event":{"kind":"decision","time":${time},"request":${request},"way":"${way}"` +
    `,"method":${quoted(event.method)},"host":${quoted(event.host)},"path":${quoted(event.path)}` +
    `,"route":${quoted(event.route)},"verdict":"${verdict}","code":${quoted(event.code)}` +
    `,"finding":${event.finding === null ? 'null' : JSON.stringify(event.finding)},"status":${status}` +
    `,"bytesSent":${bytesSent},"bytesReceived":${bytesReceived},"duration":${duration}}}\n`
  );
}

/** Printable ASCII but the quotation mark and the backslash stands for itself (RFC 8259, 7). */
function quoted(text: string | null): string {
  if (text === null) return 'null';
  return /[^ !#-[\]-~]/.test(text) ? JSON.stringify(text) : `"${text}"`;
}
