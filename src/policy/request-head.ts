import type { RefusalCode } from '../contract/refusal.js';
import { parseAuthority } from './authority.js';

/** Header names and values in turn, as they came, duplicates kept: `['Host', 'a', 'Accept', 'b']`. */
export type RawHeaders = readonly string[];

export interface HeadProblem {
  readonly code: RefusalCode;
  readonly message: string;
}

/** What the checks learn in their one pass over the headers. */
export interface RequestHead {
  readonly problem: HeadProblem | null;
  readonly host: string | null;
  readonly contentLength: number | null;
  readonly chunked: boolean;
  /** Lower-case names that `Connection` takes for this hop alone (RFC 9110, 7.6.1); null: none but the usual. */
  readonly nominated: ReadonlySet<string> | null;
}

/** Headers that decide who is asked, as whom, and where a message ends: one occurrence at most. */
const singletons = new Set([
  'host',
  'authorization',
  'content-type',
  'content-length',
  'transfer-encoding',
  'expect',
]);
const framing = new Set(['content-length', 'transfer-encoding']);
const usualConnectionOptions = new Set(['close', 'keep-alive', 'upgrade', 'te', '']);

/** One pass over the headers: framing that two parsers could read differently is refused (RFC 9112, 6.3 and 11.2). */
export function inspectHead(headers: RawHeaders, httpVersion: string): RequestHead {
  let problem: HeadProblem | null = null;
  let host: string | null = null;
  let contentLength: string | null = null;
  let transferEncoding: string | null = null;
  let nominated: Set<string> | null = null;
  let seen = '';
  for (let index = 0; index < headers.length; index += 2) {
    const name = (headers[index] ?? '').toLowerCase();
    const value = headers[index + 1] ?? '';
    if (singletons.has(name)) {
      if (seen.includes(`\n${name}\n`)) {
        problem ??= {
          code: framing.has(name) ? 'ambiguous-framing' : 'duplicate-header',
          message: `the header ${name} occurs twice`,
        };
      }
      seen += `\n${name}\n`;
      if (name === 'host') host = value;
      else if (name === 'content-length') contentLength = value;
      else if (name === 'transfer-encoding') transferEncoding = value;
    } else if (name === 'connection') {
      for (const option of value.toLowerCase().split(',')) {
        const token = option.trim();
        if (!usualConnectionOptions.has(token)) {
          nominated ??= new Set();
          nominated.add(token);
        }
      }
    }
  }
  problem ??= framingProblem(contentLength, transferEncoding, httpVersion);
  return {
    problem,
    host,
    contentLength: contentLength === null ? null : Number(contentLength),
    chunked: transferEncoding !== null,
    nominated,
  };
}

function framingProblem(
  contentLength: string | null,
  transferEncoding: string | null,
  httpVersion: string,
): HeadProblem | null {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') {
    return { code: 'malformed-request', message: 'neither HTTP/1.1 nor HTTP/1.0' };
  }
  if (contentLength !== null && !/^\d{1,15}$/.test(contentLength)) {
    return { code: 'ambiguous-framing', message: 'content-length is not a number' };
  }
  if (transferEncoding === null) return null;
  if (contentLength !== null) {
    return { code: 'ambiguous-framing', message: 'both content-length and transfer-encoding' };
  }
  if (transferEncoding.toLowerCase() !== 'chunked' || httpVersion === '1.0') {
    return { code: 'ambiguous-framing', message: 'transfer-encoding is not chunked alone, in HTTP/1.1' };
  }
  return null;
}

/**
 * Host must name what the connection was opened for (RFC 9110, 7.2 and 15.5.20).
 *
 * @param expectedHost canonical
 */
export function hostProblem(
  value: string | null,
  expectedHost: string,
  expectedPort: number,
): HeadProblem | null {
  if (value === expectedHost) return null;
  if (value === null) return { code: 'host-mismatch', message: 'the Host header is missing' };
  const authority = parseAuthority(value, expectedPort);
  if (!authority.ok) return { code: 'host-mismatch', message: `Host: ${authority.message}` };
  if (authority.host === expectedHost && authority.port === expectedPort) return null;
  return {
    code: 'host-mismatch',
    message: `Host is not ${expectedHost}, for which the connection was opened`,
  };
}

/** Every value of a header. @param lowerName the name in lower case */
export function valuesOf(headers: RawHeaders, lowerName: string): string[] {
  const values: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index];
    if (name !== undefined && name.length === lowerName.length && name.toLowerCase() === lowerName) {
      values.push(headers[index + 1] ?? '');
    }
  }
  return values;
}
