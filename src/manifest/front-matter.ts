import matter from 'gray-matter';
import { printableInPlace } from '../contract/printable.js';
import type { Report } from './diagnostic.js';
import type { ManifestFile } from './source.js';

/** Bytes of a manifest, checked before it is read and again here in characters. */
export const largestManifest = 256 * 1024;
const largestFrontMatter = 64 * 1024;
/** The YAML lexer recurses along a line; this keeps it far from the end of the stack. */
const longestLine = 4096;

export interface FrontMatter {
  /** YAML text between the two `---` lines. */
  readonly yaml: string;
  /** Where it begins in the file. */
  readonly offset: number;
  readonly body: string;
}

const delimiter = '---';

/**
 * gray-matter picks a parser by the word behind the first `---` and evaluates JavaScript for some of them, so it sees
 * a file only when the first line is a bare `---`; and its table of parsers holds none that does anything.
 */
const noEngines = Object.fromEntries(
  ['yaml', 'yml', 'json', 'javascript', 'js', 'coffee', 'coffeescript', 'cson', 'toml'].map((language) => [
    language,
    {
      parse: () => {
        if (language === 'yaml') return {};
        throw new Error(`front matter in ${language} is refused`);
      },
    },
  ]),
);

/** Splits a manifest; reports and answers null where it isn't one. */
export function splitFrontMatter(file: ManifestFile, report: Report): FrontMatter | null {
  const { text } = file;
  if (!guard(file, report)) return null;
  // Options are always given: without them gray-matter answers from a cache that it shares with everyone.
  const split = matter(text, { engines: noEngines, language: 'yaml', delimiters: delimiter });
  const raw = split.matter;
  const start = delimiter.length;
  // Our own reading of where it ends must be gray-matter's.
  if (text.slice(start, start + raw.length) !== raw) {
    report('front-matter-unclosed', { file, offset: 0 }, 'the front matter cannot be told from the text');
    return null;
  }
  return { yaml: raw, offset: start, body: split.content };
}

function guard(file: ManifestFile, report: Report): boolean {
  const { text } = file;
  const refuse = (code: Parameters<Report>[0], offset: number, message: string, hint: string) => {
    report(code, { file, offset }, message, hint);
    return false;
  };
  if (text.length > largestManifest) {
    return refuse('file-too-large', 0, 'the file is larger than 256 KiB', 'shorten the text');
  }
  if (text.startsWith('\u{feff}')) {
    return refuse(
      'byte-order-mark',
      0,
      'the file begins with a byte order mark',
      'save it as UTF-8 without BOM',
    );
  }
  const carriageReturn = text.indexOf('\r');
  if (carriageReturn !== -1) {
    const message = 'the file has carriage returns';
    return refuse(
      'carriage-return',
      carriageReturn,
      message,
      'save it with LF line ends: sed -i "s/\\r$//" FILE',
    );
  }
  const firstLine = text.split('\n', 1)[0] ?? '';
  if (!firstLine.startsWith(delimiter) || /^----/.test(firstLine)) {
    const hint = "begin with a line of '---', the keys, and another line of '---'";
    return refuse('front-matter-missing', 0, "the first line is not '---'", hint);
  }
  if (firstLine !== delimiter) {
    const message = `front matter is YAML behind a bare '---', not '${printableInPlace(firstLine).slice(0, 40)}'`;
    return refuse('front-matter-language', 3, message, "write '---' alone on the first line");
  }
  return guardEnd(file, refuse);
}

function guardEnd(
  { text }: ManifestFile,
  refuse: (code: Parameters<Report>[0], offset: number, message: string, hint: string) => boolean,
): boolean {
  // gray-matter ends the front matter at the first line that begins with '---'; that line has to be the whole of it.
  const close = text.indexOf(`\n${delimiter}`, delimiter.length);
  const after = text.slice(close + 4, close + 5);
  if (close === -1 || (after !== '' && after !== '\n')) {
    const offset = close === -1 ? text.length : close + 1;
    const message = "the front matter is not closed by a line of '---'";
    return refuse('front-matter-unclosed', offset, message, "end it with '---' alone on a line");
  }
  const yaml = text.slice(delimiter.length, close);
  if (yaml.length > largestFrontMatter) {
    return refuse('front-matter-too-large', 0, 'the front matter is larger than 64 KiB', 'shorten it');
  }
  for (let start = 0; start < yaml.length; ) {
    const end = yaml.indexOf('\n', start);
    const length = (end === -1 ? yaml.length : end) - start;
    if (length > longestLine) {
      const message = `a line of the front matter is longer than ${longestLine} characters`;
      return refuse('front-matter-too-large', delimiter.length + start, message, 'break it up');
    }
    start += length + 1;
  }
  return true;
}
