import type { RefusalCode } from '../../contract/refusal.js';
import { decide, type Question } from '../decide.js';
import { type ContentCoding, codingNames, codingOf } from '../message/encodings.js';
import { routeYaml } from '../refusals.js';
import type { CompiledRoute, RouteTable } from '../routes.js';
import type { Examination, Found, MessageHead } from './examination.js';

/** A body up to this size is read and scanned whole. Bytes. */
export const longestWhole = 1024 * 1024;

/** The coding of a body that is too long to be held whole; null: one that isn't undone there, or more than one. */
export function longCoding(contentEncoding: string | null): ContentCoding | 'identity' | null {
  const [name, ...others] = codingNames(contentEncoding);
  if (others.length > 0) return null;
  return name === undefined ? 'identity' : codingOf(name);
}

export const longCodingMessage =
  'a body this long is looked into where it is encoded in gzip, zstd, br or deflate, and once only';

/** What refuses a request whatever the policy. */
export type Problem =
  | { readonly code: 'line-break-found'; readonly found: readonly Found[]; readonly first: Found }
  | { readonly code: RefusalCode; readonly message: string };

export function problemIn(examinations: readonly Examination[]): Problem | null {
  for (const { found, outcome, reason } of examinations) {
    const first = found.find(({ finding }) => finding.class === 'structure');
    if (first) return { code: 'line-break-found', found, first };
    if (outcome === 'over-budget')
      return { code: 'scan-over-budget', message: 'it is encoded too deeply to be scanned' };
    if (outcome === 'cannot-scan')
      return { code: 'encoding-not-scannable', message: reason ?? 'it can not be scanned' };
  }
  return null;
}

/** What a refusal says of a finding, without the value. @param first null: there is none to tell of */
export function findingMessage(first: Found | null, code: RefusalCode): string {
  const what = first
    ? `${first.finding.detector} found ${first.finding.rule} in ${first.place}`
    : 'a secret was found';
  return code === 'not-redactable' ? `${what}, where it can't be covered without changing the request` : what;
}

/** What the operator could write about a refused finding; null: the route asks the operator already, or nothing names it. */
export function findingAllow({ route, named }: CompiledRoute): string | null {
  if (!named || route.dlp.outboundOnMatch === 'supervise') return null;
  return routeYaml(route.host, ['dlp: {outbound_on_match: supervise}']);
}

/** With a part of its path covered it may be another request, which no rule allows. */
export function isStillAllowed(
  table: RouteTable,
  { route: { scheme } }: CompiledRoute,
  asked: Pick<Question, 'way' | 'host' | 'method'>,
  { target, headers }: Pick<MessageHead, 'target' | 'headers'>,
): boolean {
  const { way, host, method } = asked;
  const port = scheme === 'https' ? 443 : 80;
  const verdict = decide(table, { way, scheme, host, port, method, target, headers });
  return verdict.allowed || verdict.onApproval !== null;
}
