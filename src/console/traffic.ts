import type { DecisionEvent, EventFinding } from '../contract/event.js';
import { printable } from '../contract/printable.js';
import { counted } from './counted.js';

/** Counts a bottle's requests, and says at the end what was refused: the operator's first question. */
export interface Traffic {
  readonly record: (event: DecisionEvent) => void;
  summary(): string;
}

const shownRefusals = 10;

export function countTraffic(): Traffic {
  let allowed = 0;
  let failed = 0;
  const refused = new Map<string, number>();
  return {
    record: ({ way, verdict, method, host, code }) => {
      // A tunnel sends nothing to anybody by itself: the requests in it have events of their own.
      if (way === 'connect' && verdict !== 'refused') return;
      if (verdict === 'allowed') allowed += 1;
      else if (verdict === 'failed') failed += 1;
      else {
        const what = printable(`${method} ${host}: ${code}`);
        if (refused.size < 1000 || refused.has(what)) refused.set(what, (refused.get(what) ?? 0) + 1);
      }
    },
    summary: () => {
      const count = [...refused.values()].reduce((sum, times) => sum + times, 0);
      const first = [...refused]
        .slice(0, shownRefusals)
        .map(([what, times]) => `  refused ${what}${times > 1 ? ` (${times} times)` : ''}\n`);
      const rest = refused.size - shownRefusals;
      const more = rest > 0 ? `  and ${counted(rest, 'more kind')}\n` : '';
      return `${counted(allowed, 'request')} let out, ${count} refused, ${failed} failed\n${first.join('')}${more}`;
    },
  };
}

/** One decision as a line. */
export function formatEvent(event: DecisionEvent): string {
  const { verdict, method, host, path, code, status, duration, finding } = event;
  const line = `${verdict} ${method} ${host}${path} ${code ?? status}${finding ? ` ${findingWords(finding)}` : ''}`;
  return `${printable(line, 400)} ${duration.toFixed(0)} ms\n`;
}

/** `(known_secrets: API_TOKEN in the body, redacted)`, and how many more. */
export function findingWords({ detector, rule, place, count, outcome }: EventFinding): string {
  const more = count > 1 ? ` and ${count - 1} more` : '';
  return `(${detector}: ${rule} in ${place}${more}, ${outcome})`;
}
