import { printable } from '../contract/printable.js';
import type { RouteDlp } from '../contract/route.js';
import type { Explanation } from '../policy/decide.js';
import type { DetectorExplanation } from '../policy/outbound/explain-detectors.js';

/** What would become of a request. */
export interface ExplainedOutcome {
  readonly allowed: boolean;
  readonly route: string | null;
  readonly rules: readonly Explanation[];
  readonly detectors: readonly DetectorExplanation[];
  readonly onMatch: RouteDlp['outboundOnMatch'] | null;
}

/** Each rule's answer and each detector's, for a person. */
export function formatExplanation(outcome: ExplainedOutcome): string {
  const { route, rules, detectors } = outcome;
  return [
    `${verdictOf(outcome)}; route ${route ?? 'none'}\n`,
    ...rules.map(ruleLine),
    ...detectors.map(detectorLine),
  ].join('');
}

const becomes = {
  supervise: 'held for the operator',
  redact: 'let out without what was found',
  block: 'refused',
};

function verdictOf({ allowed, detectors, onMatch }: ExplainedOutcome): string {
  if (!allowed) return 'refused';
  if (detectors.some(({ answer }) => answer === 'can not tell')) return 'refused';
  const finding = detectors.filter(({ answer }) => answer === 'finds');
  if (finding.length === 0 || onMatch === null) return 'let out';
  return finding.some(({ detector }) => detector === 'crlf') ? 'refused' : becomes[onMatch];
}

function ruleLine({ rule, answer, refusal }: Explanation): string {
  const why = refusal ? `: ${refusal.code}, ${refusal.message}` : '';
  const allow = refusal?.allow
    ? `\n    to allow it:\n${refusal.allow.trimEnd().replace(/^/gm, '      ')}`
    : '';
  return `  ${rule} ${answer}${why}${allow}\n`;
}

function detectorLine({ detector, answer, found, rules }: DetectorExplanation): string {
  const [first = ''] = rules;
  const lines = found.map(
    ({ place, snippet }, index) => `    ${rules[index]} in ${printable(`${place}: ${snippet}`)}\n`,
  );
  return `  ${detector} ${answer}${answer === 'can not tell' ? `: ${first}` : ''}\n${lines.join('')}`;
}
