import { printableInPlace } from '../contract/printable.js';

/** 1-based; a column counts code points. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Characters of one source line that are shown; a longer one is cut to a window round the caret. */
const widestLine = 100;

/** A word of the file in quotes, short enough for a message. */
export function quoted(text: string): string {
  const characters = Array.from(printableInPlace(text));
  return `'${characters.length > 60 ? `${characters.slice(0, 57).join('')}...` : characters.join('')}'`;
}

/** The position of an offset (in UTF-16 units, as JavaScript counts) in a text. */
export function positionAt(text: string, offset: number): Position {
  const end = Math.max(0, Math.min(offset, text.length));
  // lastIndexOf takes a negative start for 0.
  const lineStart = end === 0 ? 0 : text.lastIndexOf('\n', end - 1) + 1;
  let line = 1;
  for (
    let index = text.indexOf('\n');
    index !== -1 && index < lineStart;
    index = text.indexOf('\n', index + 1)
  ) {
    line += 1;
  }
  return { line, column: Array.from(text.slice(lineStart, end)).length + 1 };
}

/**
 * The line, a caret under its column, and a line before and after:
 *
 *       3 | egress:
 *       4 |   rotes: []
 *         |   ^
 *       5 | ---
 */
export function codeFrame(text: string, { line, column }: Position): string {
  const source = text.split('\n');
  const first = Math.max(1, line - 1);
  const last = Math.min(source.length, line + 1);
  const gutter = String(last).length + 2;
  // One window for all lines shown, so that their columns stay aligned.
  const from = column > widestLine - 10 ? column - Math.floor(widestLine / 2) : 0;
  const rows: string[] = [];
  for (let number = first; number <= last; number++) {
    const shown = cut(source[number - 1] ?? '', from);
    rows.push(`${String(number).padStart(gutter + 2)} | ${shown}`.trimEnd());
    if (number === line) rows.push(`${' '.repeat(gutter + 2)} | ${' '.repeat(column - 1 - from)}^`);
  }
  return rows.join('\n');
}

function cut(line: string, from: number): string {
  // Four UTF-16 units a column are more than enough for what is kept.
  const characters = Array.from(printableInPlace(line));
  const end = from + widestLine;
  const shown = characters.slice(from, end);
  if (from > 0 && shown.length > 0) shown[0] = '…';
  if (characters.length > end) shown[shown.length - 1] = '…';
  return shown.join('');
}
