// Made-up texts with a provider's prefix and a body that none of its tokens has: cut, or with a mark in it.
import { loadModule } from './load.mjs';
import { numbersFor, pick, randomOf } from './random-values.mjs';

const { triggersOf } = await loadModule('src/policy/scan-rules/match.ts');
const letters = await loadModule('src/policy/scan/alphabet.ts');

/** Letters and digits of an alphabet. */
const membersOf = (name) =>
  Array.from({ length: 128 }, (_, byte) => String.fromCharCode(byte))
    .filter(
      (letter) =>
        /[0-9A-Za-z]/.test(letter) && letters.memberships[letter.charCodeAt(0)] & letters.alphabets[name],
    )
    .join('');

const forms = [
  (name, value) => `${name} token = '${value}'`,
  (name, value) => `${name.toUpperCase()}_API_KEY=${value}\n`,
  (_, value) => `[debug] key=${value}\n[debug] answer 401\n`,
  (_, value) => `{"apiKey": "${value}"}`,
  (name, value) => `${name} = '${value}'`,
  (name, value) => `const ${name}Token = "${value}";`,
];

function spoilt(body, random) {
  const at = 2 + Math.floor(random() * (body.length - 4));
  return pick(
    [
      body.slice(0, -1 - Math.floor(random() * 3)),
      body.slice(0, Math.max(12, body.length >> 1)),
      `${body.slice(0, at)}?${body.slice(at + 1)}`,
      `${body.slice(0, at)}${pick('!#^', random)}${body.slice(at + 1)}`,
    ],
    random,
  );
}

/** Rows as the corpora have them, all clean: one for every prefix that stands in no other word. */
export const prefixRows = () =>
  triggersOf().triggers.flatMap((trigger) => {
    if (trigger.kind !== 'prefix' || !trigger.distinctive || trigger.rule.min < 16) return [];
    const prefix = Buffer.from(trigger.prefix).toString('latin1');
    const { id, body, min } = trigger.rule;
    const random = numbersFor(`${id} ${prefix}`);
    const name = id.split('-')[0];
    const value = prefix + spoilt(randomOf(membersOf(body), min, random), random);
    return {
      tier: 'made-up-provider',
      class: 'contextual',
      rule: name,
      source: `made-up:${name}`,
      label: 'clean',
      text: pick(forms, random)(name, value),
    };
  });
