import { alphabets } from '../scan/alphabet.js';
import type { FirstLook } from '../scan/first-look.js';
import type { Trigger } from './match.js';
import { type MirrorTrigger, mirroredBody } from './mirror.js';

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
        members: mirroredBody(trigger),
        least: trigger.of.rule.min,
        backwards: trigger.by === 'reversed',
      },
    };
  const { run } = trigger.rule;
  return run ? { length, run: { members: trigger.members, least: run.min } } : { length };
}

function lookAtPrefix({
  rule,
  prefix,
  distinctive,
  shared,
  body,
}: Extract<Trigger, { kind: 'prefix' }>): FirstLook {
  const run = {
    members: body.wider || body.members,
    least: body.min,
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
