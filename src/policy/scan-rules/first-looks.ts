import { alphabets } from '../scan/alphabet.js';
import type { FirstLook } from '../scan/first-look.js';
import { widened } from './body.js';
import type { Trigger } from './match.js';
import { bodyOf, type MirrorTrigger } from './mirror.js';

/**
 * What {@link matchPrefix}, {@link matchPattern} and {@link matchMirror} turn down at once, said beforehand for each keyword;
 * never more than they turn down.
 */
export function firstLookOf(trigger: Trigger | MirrorTrigger): FirstLook {
  if (trigger.kind === 'prefix') return lookAtPrefix(trigger);
  const { length } = trigger;
  if (trigger.kind === 'mirror')
    return {
      length,
      run: {
        members: bodyOf(trigger),
        least: trigger.of.rule.min,
        backwards: trigger.by === 'reversed',
      },
    };
  const { run } = trigger.rule;
  return run ? { length, run: { members: alphabets[run.alphabet], least: run.min } } : { length };
}

function lookAtPrefix({
  rule,
  prefix,
  distinctive,
  shared,
}: Extract<Trigger, { kind: 'prefix' }>): FirstLook {
  const run = {
    members: alphabets[(distinctive && widened[rule.body]) || rule.body],
    least: rule.min,
    mayGoOn: distinctive,
    mayBeRefused: distinctive && !shared,
  };
  return {
    length: prefix.length,
    run,
    ...(!rule.anyCase && { exact: prefix }),
    ...(!distinctive && { notBehind: alphabets.alnum }),
  };
}
