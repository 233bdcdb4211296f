import type { Detector } from '../scan/detector.js';
import { hiddenText } from '../scan-injection/hidden.js';
import { mostInstructive, warnScore } from '../scan-injection/model.js';
import { refusalTriggers } from '../scan-injection/triggers.js';

const naiveInjectionDetection: Detector = {
  name: 'naive_injection_detection',
  summary:
    'text in a response that speaks to an agent instead of to its reader, also where a person would not see it',
  direction: 'inbound',
  decodes: true,
  prepare: () => (view, _scene, report) => {
    for (const { start, end, rule, score } of hiddenText(view))
      report({ rule, start, end, score, class: 'injection' });
    for (const { start, end } of refusalTriggers(view.bytes))
      report({ rule: 'refusal-trigger', start, end, score: 0.95, class: 'injection' });
    const found = mostInstructive(view.bytes);
    if (found && found.score >= warnScore)
      report({
        rule: 'instructions',
        start: found.start,
        end: found.end,
        score: found.score,
        class: 'injection',
      });
  },
};

export default naiveInjectionDetection;
