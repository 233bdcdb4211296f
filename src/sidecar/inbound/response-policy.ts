import type { EventFinding } from '../../contract/event.js';
import { type Refusal, type RefusedFinding, verdictHeader } from '../../contract/refusal.js';
import { routeRule, routeYaml } from '../../policy/refusals.js';
import type { Finding } from '../../policy/scan/finding.js';
import { askAboutFinding } from '../approval.js';
import type { Exchange } from '../exchange.js';
import { logText } from '../log-text.js';
import type { Inspection } from './inspection.js';
import type { TextPolicy } from './text-gate.js';

/** Characters of a text that the operator is shown to decide on. */
const longestSnippet = 200;

/** What a finding in an answer leads to, in the words of the route. */
export function textPolicy(
  exchange: Exchange,
  { onMatch, routeHost }: Inspection,
  place: string,
): TextPolicy {
  const rule = () => routeRule(routeHost, 'dlp.inbound_on_match');
  const allow = () => routeYaml(routeHost, ['dlp: {inbound_on_match: warn}']);
  return {
    onMatch,
    refusal: (finding) => ({
      code: 'response-injection',
      message: `text in the answer speaks to an agent (${describe(finding)}); it was withheld`,
      rule: rule(),
      allow: allow(),
      finding: told(finding, place),
    }),
    notice: (finding) => `[removed by bot-bottle: ${describe(finding)}]`,
    warning: (finding) => [
      verdictHeader,
      `warned; detector=${finding.detector}; rule=${finding.rule}; score=${finding.score.toFixed(2)}`,
    ],
    onFound: (finding, outcome) => recordFinding(exchange, finding, place, outcome),
    async ask(finding, text) {
      const found = text.subarray(finding.start, finding.end);
      const answer = await askAboutFinding(exchange, {
        detector: finding.detector,
        rule: rule(),
        snippet: logText(found.toString('utf8'), longestSnippet),
        values: [found.toString('latin1')],
        allow: allow(),
      });
      if (answer.approved) return null;
      return answer.refusal ?? 'left';
    },
  };
}

const told = ({ detector, rule }: Finding, place: string): RefusedFinding => ({ detector, rule, place });

/** Names of detectors and rules, and the score; never the text. */
function describe({ detector, rule, score }: Finding): string {
  return `${detector}, ${rule}, score ${score.toFixed(2)}`;
}

/** One finding is told in the event, with how many there were: the first, but for one that something was refused for. */
export function recordFinding(
  exchange: Exchange,
  { detector, rule, class: kind }: Finding,
  place: string,
  outcome: EventFinding['outcome'],
): void {
  const { finding } = exchange;
  const alike = finding?.direction === 'inbound' && finding.detector === detector ? finding : null;
  if (finding && !alike && outcome !== 'blocked') return;
  const count = (alike?.count ?? 0) + 1;
  const first = alike && outcome !== 'blocked' ? alike : { rule, class: kind, place, outcome };
  exchange.finding = { ...first, direction: 'inbound', detector, count };
}

export function notScannable({ routeHost }: Inspection, why: string): Refusal {
  return {
    code: 'response-not-scannable',
    message: `the answer could not be looked at: ${why}`,
    rule: routeRule(routeHost, 'dlp.inbound_detectors'),
    allow: null,
  };
}
