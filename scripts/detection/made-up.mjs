// Texts made from a grammar, the same ones every time.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const escapes = { n: '\n', s: ' ', e: '' };

/** Rules by name, and the ways of attack by theirs, in the order of the file. */
function readGrammar(name) {
  const file = join(dirname(fileURLToPath(import.meta.url)), name);
  const rules = {};
  const ways = {};
  let lines = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const heading = /^== (way )?(\S+)$/.exec(line);
    if (heading) {
      lines = [];
      (heading[1] ? ways : rules)[heading[2]] = lines;
    } else if (line && !line.startsWith('# '))
      lines.push(line.replace(/\\([nse])/g, (_, letter) => escapes[letter]));
  }
  return { rules, ways };
}

const attacks = readGrammar('attack-grammar.txt');
const addresses = readGrammar('reader-grammar.txt');
const { fillers } = attacks.rules;

/** Numbers from 0 to 1 that only the seed decides (mulberry32). */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pick = (list, random) => list[Math.floor(random() * list.length)];

function fill(line, rules, random) {
  return line.replace(/\{(\w+)\}|\(([^()]*)\)/g, (_, name, choice) => {
    if (choice !== undefined) return pick(choice.split('|'), random);
    if (name === 'word') return pick(fillers, random);
    if (name === 'number') return String(Math.floor(random() * 10 ** (1 + Math.floor(random() * 4))));
    if (name === 'pipe') return '|';
    if (!rules[name]) throw new Error(`no rule ${name}`);
    return pick(rules[name], random);
  });
}

/** Fills in until nothing is left to choose. */
function expand(line, rules, random) {
  let text = line;
  for (let depth = 0; depth < 12 && /\{\w+\}|\([^()]*\|[^()]*\)/.test(text); depth += 1)
    text = fill(text, rules, random);
  return text
    .replace(/ +/g, ' ')
    .replace(/ ([.,!:?])(?= |$)/g, '$1')
    .replace(/\.\./g, '.')
    .trim();
}

const capitalise = (text) =>
  text.replace(/(^|[.!?:] +|\n *)([a-z])/g, (_, before, letter) => before + letter.toUpperCase());
const shout = (text) => text.replace(/^[^.!:\n]*/, (sentence) => sentence.toUpperCase());

/** `count` rows for each way of attack; half stand alone, half in the midst of one of `hosts`. */
export function madeUpAttacks(count, hosts) {
  const random = randomFrom(20);
  const rows = [];
  for (const [way, lines] of Object.entries(attacks.ways))
    for (let i = 0; i < count; i += 1) {
      let text = expand(pick(lines, random), attacks.rules, random);
      if (random() < 0.7) text = capitalise(text);
      if (random() < 0.12) text = shout(text);
      const planted = hosts.length > 0 && random() < 0.5;
      const [before, after] = planted ? surroundings(pick(hosts, random), random) : ['', ''];
      rows.push({
        text: before + text + after,
        span: [Buffer.byteLength(before), Buffer.byteLength(before + text)],
        label: 'injection',
        technique: `made-up-${way}`,
        form: planted ? 'embedded' : 'bare',
        madeUp: true,
        source: 'made up',
        id: `made-up-${way}-${i}`,
      });
    }
  return rows;
}

/** A piece of the host on each side, and what marks a comment, a field or an element. */
function surroundings(host, random) {
  const lines = host.split('\n');
  const at = Math.floor(random() * lines.length);
  const before = lines.slice(0, at).join('\n').slice(-300);
  const after = lines.slice(at).join('\n').slice(0, 300);
  const [open, close] = pick(
    [
      ['', ''],
      ['<!-- ', ' -->'],
      ['// ', ''],
      ['# ', ''],
      ['"description": "', '",'],
      ['<div>', '</div>'],
      ['![', '](x.png)'],
    ],
    random,
  );
  return [`${before}\n${open}`, `${close}\n${after}`];
}

/** `count` clean rows for each way to speak to a reader, in words that attacks use too. */
export function madeUpClean(count) {
  const random = randomFrom(21);
  return Object.entries(addresses.ways).flatMap(([way, lines]) =>
    Array.from({ length: count }, (_, i) => {
      const text = expand(pick(lines, random), addresses.rules, random);
      return {
        text: random() < 0.8 ? capitalise(text) : text,
        label: 'clean',
        tier: 'made-up',
        source: `made up:${way}-${i}`,
        madeUp: true,
      };
    }),
  );
}
