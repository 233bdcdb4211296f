import { RE2JS } from 're2js';
import type { HeaderMatch, PathMatch, RequestMatch } from '../contract/route.js';
import { canonicalTarget, targetBytes } from './path.js';
import { type RawHeaders, valuesOf } from './request-head.js';

/** One entry of `matches`, compiled: each part says for itself whether it fits. */
export interface CompiledMatch {
  readonly method: (method: string) => boolean;
  readonly path: (canonicalPath: string) => boolean;
  readonly headers: (headers: RawHeaders) => boolean;
}

const always = () => true;

/** @throws RangeError for a path that is not canonical, SyntaxError for a pattern that is none. */
export function compileMatch(match: RequestMatch): CompiledMatch {
  const methods = match.methods && new Set(match.methods);
  const paths = match.paths?.map(compilePath);
  const headers = match.headers?.map(compileHeader);
  return {
    method: methods ? (method) => methods.has(method) : always,
    path: paths ? (path) => paths.some((fits) => fits(path)) : always,
    headers: headers ? (raw) => headers.every((fits) => fits(raw)) : always,
  };
}

function compilePath({ type, value }: PathMatch): (path: string) => boolean {
  if (type === 'regex') return wholeMatch(value);
  const canonical = canonicalTarget(targetBytes(value));
  if (!canonical.ok || value.includes('?')) {
    throw new RangeError(`not a canonical path: ${canonical.ok ? 'it has a query' : canonical.reason}`);
  }
  const wanted = canonical.path;
  if (type === 'exact') return (path) => path === wanted;
  // `/v1` covers /v1 and /v1/models, not /v10: a prefix ends where a segment ends.
  const directory = wanted.endsWith('/') ? wanted : `${wanted}/`;
  return (path) => path === wanted || path.startsWith(directory);
}

function compileHeader({ name, value, type }: HeaderMatch): (headers: RawHeaders) => boolean {
  const fits = type === 'regex' ? wholeMatch(value) : (text: string) => text === value;
  const lowerName = name.toLowerCase();
  return (headers) => {
    // Two occurrences are two readings: which one the upstream takes is not known.
    const values = valuesOf(headers, lowerName);
    const [only] = values;
    return values.length === 1 && only !== undefined && fits(only);
  };
}

/** Linear in the text's length, whatever the pattern. */
function wholeMatch(pattern: string): (text: string) => boolean {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch (cause) {
    throw new SyntaxError(`not a regular expression (RE2 syntax): ${pattern}`, { cause });
  }
  return (text) => compiled.matches(text);
}
