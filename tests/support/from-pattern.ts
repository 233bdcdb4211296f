/** Random numbers below a bound, the same for the same seed (mulberry32). */
export function seeded(seed: string): (below: number) => number {
  let state = 7;
  for (const character of seed) state = (Math.imul(state, 31) + character.charCodeAt(0)) >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) % below;
  };
}

const printable = Array.from({ length: 94 }, (_, i) => String.fromCharCode(0x21 + i));
const spaces = { s: ' ', n: '\n', r: '\r', t: '\t' } as const;

/** A text that the pattern matches, made at random: literals, classes, groups, alternatives and bounded repetition. */
export function fromPattern(pattern: RegExp, random: (below: number) => number): string {
  const source = pattern.source;
  let at = 0;

  const alternatives = (): string => {
    const branches: (() => string)[] = [];
    const start = at;
    // Each branch is walked once to find where it ends; the chosen one is walked again for its text.
    branches.push(branchAt(at));
    while (source[at] === '|') {
      at += 1;
      branches.push(branchAt(at));
    }
    const end = at;
    const chosen = branches[random(branches.length)]?.() ?? '';
    at = Math.max(end, start);
    return chosen;
  };
  const branchAt = (from: number): (() => string) => {
    at = from;
    sequence();
    const end = at;
    return () => {
      at = from;
      const text = sequence();
      at = end;
      return text;
    };
  };
  const sequence = (): string => {
    let text = '';
    while (at < source.length && source[at] !== '|' && source[at] !== ')') text += repeated();
    return text;
  };
  const repeated = (): string => {
    const from = at;
    let text = atom();
    const bounds = quantifier();
    if (!bounds) return text;
    const end = at;
    const times = bounds[0] + random(Math.min(bounds[1] - bounds[0], 12) + 1);
    text = '';
    for (let i = 0; i < times; i += 1) {
      at = from;
      text += atom();
    }
    at = end;
    return text;
  };
  const quantifier = (): [number, number] | null => {
    const found = /^(?:\{(\d+)(?:,(\d+))?\}|([?*+]))\??/.exec(source.slice(at));
    if (!found) return null;
    at += found[0].length;
    if (found[3]) return found[3] === '?' ? [0, 1] : [1, 4];
    return [Number(found[1]), Number(found[2] ?? found[1])];
  };
  const atom = (): string => {
    const character = source.charAt(at);
    if (character === '(') return group();
    if (character === '[') return oneOf(characterClass());
    at += 1;
    if (character === '^' || character === '$') return '';
    if (character !== '\\') return character === '.' ? 'x' : character;
    const escaped = source.charAt(at);
    at += 1;
    if (escaped === 'b') return '';
    if (escaped === 's') return ' ';
    return /[wdnrt]/.test(escaped) ? oneOf(escapedClass(escaped)) : escaped;
  };
  const group = (): string => {
    const opening = /^\((?:\?(?:<[a-z]+>|[:=!]|<[=!]))?/.exec(source.slice(at))?.[0] ?? '(';
    at += opening.length;
    const text = alternatives();
    at += 1;
    return /\?<?[=!]$/.test(opening) ? '' : text;
  };
  const characterClass = (): string[] => {
    const end = closing(at + 1);
    const inside = new RegExp(source.slice(at, end + 1));
    at = end + 1;
    const members = printable.filter((member) => inside.test(member));
    const plain = members.filter((member) => /[0-9A-Za-z]/.test(member));
    return plain.length > 0 ? plain : members.length > 0 ? members : [' '];
  };
  const closing = (from: number): number => {
    let end = from;
    while (source[end] !== ']') end += source[end] === '\\' ? 2 : 1;
    return end;
  };
  const oneOf = (members: readonly string[]): string => members[random(members.length)] ?? '';
  return alternatives();
}

function escapedClass(letter: string): string[] {
  if (letter in spaces) return [spaces[letter as keyof typeof spaces]];
  return printable.filter((member) => (letter === 'd' ? /\d/ : /[0-9A-Za-z]/).test(member));
}
