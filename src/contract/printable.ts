/** What a terminal obeys or hides: control, format (direction, zero width, tags) and separator characters, lone surrogates. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Text that an agent, an upstream or a repository chose, made safe for a terminal: what is not printable becomes `\xNN`,
 * `\uNNNN` or `\u{NNNNN}`, and at most `bound` characters are left.
 */
export function printable(text: string, bound = 200): string {
  const cut = text.length > bound ? `${text.slice(0, bound)}...` : text;
  return cut.replace(unprintable, (character) => {
    const digits = (character.codePointAt(0) ?? 0).toString(16);
    if (digits.length > 4) return `\\u{${digits}}`;
    return digits.length > 2 ? `\\u${digits.padStart(4, '0')}` : `\\x${digits.padStart(2, '0')}`;
  });
}

/** The same with one character for each, so that columns stay where they are: a blank for a tab, else U+FFFD. */
export function printableInPlace(text: string): string {
  return text.replace(unprintable, (character) => (character === '\t' ? ' ' : '\u{fffd}'));
}

/** What JSON.stringify leaves as it is. */
const leftInJson = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu;

type Replacer = (key: string, value: unknown) => unknown;

/** A value as JSON, safe for a terminal: what is not printable is written as JSON's own `\uNNNN`, and read as it was. */
export function printableJson(value: unknown, replacer: Replacer | null = null, space = 0): string {
  return JSON.stringify(value, replacer ?? undefined, space).replace(leftInJson, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
