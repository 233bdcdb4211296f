import { printable } from '../contract/printable.js';
import type { Explanation } from '../policy/decide.js';
import type { DetectorExplanation } from '../policy/outbound/explain-detectors.js';
import type { ExplainedOutcome } from '../policy/outbound/explain-request.js';

/** Each rule's answer and each detector's, for a person. */
export function formatExplanation(explained: ExplainedOutcome): string {
  const { outcome, route, rules, detectors } = explained;
  return [
    `${words[outcome]}; route ${route ?? 'none'}\n`,
    ...rules.map(ruleLine),
    ...detectors.map(detectorLine),
  ].join('');
}

const words: Readonly<Record<ExplainedOutcome['outcome'], string>> = {
  'let-out': 'let out',
  held: 'held for the operator',
  redacted: 'let out without what was found',
  refused: 'refused',
};

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
    ({ place, snippet }, index) =>
      `    ${rules[index]} in ${printable(snippet === '' ? place : `${place}: ${snippet}`)}\n`,
  );
  return `  ${detector} ${answer}${answer === 'can not tell' ? `: ${first}` : ''}\n${lines.join('')}`;
}
