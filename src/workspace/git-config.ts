/** One setting of a git configuration (git-config(1), "Syntax"); section and key in lower case. */
export interface GitSetting {
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

const header = /\[\s*([A-Za-z0-9.-]+)(?:[ \t]+"(?:\\.|[^"\\\n])*")?\s*\]/y;
const name = /([A-Za-z][A-Za-z0-9-]*)[ \t]*(=?)/y;
const restOfLine = /[^\n]*/y;
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b' };

/** Reads what git would; passes by lines that git refuses. */
export function parseGitConfig(text: string): GitSetting[] {
  const settings: GitSetting[] = [];
  let section = '';
  let at = 0;
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at = pattern.lastIndex;
    return match;
  };
  while (at < text.length) {
    if (/\s|\ufeff/.test(text[at] ?? '')) {
      at += 1;
      continue;
    }
    const opened = take(header);
    const setting = opened ? null : take(name);
    if (opened) section = (opened[1] ?? '').toLowerCase();
    else if (setting) {
      const { value, end } = setting[2] ? readValue(text, at) : { value: '', end: at };
      at = end;
      settings.push({ section, key: (setting[1] ?? '').toLowerCase(), value });
    } else take(restOfLine);
  }
  return settings;
}

function readValue(text: string, start: number): { value: string; end: number } {
  let value = '';
  let quoted = false;
  // Of the white space at the end only what is quoted counts.
  let kept = 0;
  let at = start;
  for (; at < text.length && text[at] !== '\n'; at += 1) {
    const character = text[at] ?? '';
    if (character === '"') quoted = !quoted;
    else if (character === '\\') {
      at += text.startsWith('\r\n', at + 1) ? 2 : 1;
      const escaped = text[at] ?? '';
      if (escaped !== '\n') value += escapes[escaped] ?? escaped;
    } else if (!quoted && (character === '#' || character === ';')) {
      while (at < text.length && text[at] !== '\n') at += 1;
      break;
    } else if (quoted || value !== '' || !/\s/.test(character)) value += character;
    if (quoted || !/\s/.test(character)) kept = value.length;
  }
  return { value: value.slice(0, kept), end: at };
}
