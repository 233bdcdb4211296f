import type { Detector } from '../scan/detector.js';
import { hiddenText } from '../scan-injection/hidden.js';
import { withoutInlineTags } from '../scan-injection/markup.js';
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
    const found = instructionsIn(view.bytes);
    if (found && found.score >= warnScore) report({ rule: 'instructions', ...found, class: 'injection' });
  },
};

/** As it stands, and with the tags within sentences taken off where that tells more. */
function instructionsIn(bytes: Buffer): ReturnType<typeof mostInstructive> {
  const found = mostInstructive(bytes);
  const bare = withoutInlineTags(bytes);
  const other = bare && mostInstructive(bare.bytes);
  if (!other || (found && found.score >= other.score)) return found;
  const [start, end] = bare.origin(other.start, other.end);
  return { start, end, score: other.score };
}

export default naiveInjectionDetection;
