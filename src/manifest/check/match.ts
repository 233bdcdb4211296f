import { RE2JS } from 're2js';
import type { HeaderMatch, PathMatch, RequestMatch } from '../../contract/route.js';
import { quoted } from '../code-frame.js';
import { pointerTo } from '../document.js';
import { checkHeaderName, checkHeaderValue, isToken } from './header.js';
import { accepted, type Checked, type Scope, wrong } from './scope.js';

/** A `matches` entry as its schema leaves it. */
export interface WrittenMatch {
  readonly paths?: readonly PathMatch[];
  readonly methods?: readonly string[];
  readonly headers?: readonly {
    readonly name: string;
    readonly value: string;
    readonly type?: 'exact' | 'regex';
  }[];
}

const longestRegex = 1000;

export function checkMatches(
  scope: Scope,
  pointer: string,
  matches: readonly WrittenMatch[],
): RequestMatch[] {
  return matches.map((match, index) => {
    const here = pointerTo(pointer, index);
    return {
      ...(match.paths && { paths: each(scope, `${here}/paths`, match.paths, checkPath) }),
      ...(match.methods && { methods: each(scope, `${here}/methods`, match.methods, checkMethod) }),
      ...(match.headers && { headers: checkHeaders(scope, `${here}/headers`, match.headers) }),
    };
  });
}

function each<Written, Value>(
  scope: Scope,
  pointer: string,
  items: readonly Written[],
  check: (item: Written) => Checked<Value>,
): Value[] {
  return items.flatMap((item, index) => {
    const value = accepted(scope, pointerTo(pointer, index), check(item));
    return value === null ? [] : [value];
  });
}

function checkMethod(method: string): Checked<string> {
  const upper = method.toUpperCase();
  if (!isToken(method) || method.length > 32)
    return wrong('invalid-method', `${quoted(method)} is not a method`);
  if (['CONNECT', 'TRACE', 'TRACK'].includes(upper)) {
    return wrong('invalid-method', `the method ${upper} never passes`, 'take it out');
  }
  if (method !== upper) {
    return wrong('invalid-method', `the method ${quoted(method)} is not in capitals`, `write ${upper}`);
  }
  return { ok: true, value: method };
}

function checkPath({ type, value }: PathMatch): Checked<PathMatch> {
  const problem = type === 'regex' ? regexProblem(value) : pathProblem(value);
  if (problem === null) return { ok: true, value: { type, value } };
  return wrong(type === 'regex' ? 'invalid-regex' : 'invalid-path', `${quoted(value)} ${problem}`);
}

/** A path that a canonical request path can be equal to; the proxy canonicalises the request's. */
function pathProblem(path: string): string | null {
  if (!path.startsWith('/')) return "does not begin with '/'";
  if (/[?#]/.test(path)) return 'has a query or a fragment; a path is matched without them';
  if (/[^\x21-\x7e]/.test(path)) return 'has a character that a path carries percent-encoded';
  if (path.includes('\\')) return 'has a backslash';
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) return 'has a % that encodes nothing';
  if (/%(?:[01][0-9a-f]|25|2e|5c|7f|c0|c1)/i.test(path))
    return 'encodes a dot, a %, a backslash or a control character';
  if (/\/\.{1,2}(?:[/;]|$)/.test(path)) return "has a segment '.' or '..'";
  return null;
}

/** RE2's syntax: linear in time whatever it is matched with. */
function regexProblem(pattern: string): string | null {
  if (pattern.length > longestRegex) return `is longer than ${longestRegex} characters`;
  try {
    RE2JS.compile(pattern);
    return null;
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message.replace(/^error parsing regexp: /, '') : '';
    return `is not a regular expression of RE2: ${quoted(reason).slice(1, -1)}`;
  }
}

function checkHeaders(
  scope: Scope,
  pointer: string,
  headers: NonNullable<WrittenMatch['headers']>,
): HeaderMatch[] {
  return headers.flatMap(({ name, value, type = 'exact' }, index) => {
    const here = pointerTo(pointer, index);
    const lower = accepted(scope, `${here}/name`, checkHeaderName(name));
    const text = accepted(
      scope,
      `${here}/value`,
      type === 'regex' ? checkRegex(value) : checkHeaderValue(value),
    );
    return lower === null || text === null ? [] : [{ name: lower, value: text, type }];
  });
}

function checkRegex(pattern: string): Checked<string> {
  const problem = regexProblem(pattern);
  return problem === null
    ? { ok: true, value: pattern }
    : wrong('invalid-regex', `${quoted(pattern)} ${problem}`);
}
