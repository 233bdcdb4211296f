import type { Refusal } from '../../contract/refusal.js';
import type { RouteDlp } from '../../contract/route.js';
import {
  type Asked,
  connectQuestion,
  type ParsedRequest,
  upgradeProblem,
  whatIsAsked,
} from '../admission.js';
import { parseAuthority } from '../authority.js';
import { decide, type Explanation, explain } from '../decide.js';
import { departingHeaders, strippedHeaders } from '../departing-headers.js';
import { finalRefusal, hiddenHost } from '../refusals.js';
import type { RouteTable } from '../routes.js';
import type { KnownSecret } from '../scan/detector.js';
import { loadDetectors } from '../scan/detectors.js';
import { nestedConnect } from '../unparsed.js';
import type { MessageHead } from './examination.js';
import { type DetectorExplanation, explainDetectors } from './explain-detectors.js';
import { type Fate, scanFate } from './explain-scan.js';
import { outboundScanner } from './outbound-scanner.js';
import { shownText } from './shown-text.js';

/** A request as the agent would send it. */
export interface RequestToExplain {
  readonly scheme: 'https' | 'http';
  /** `host` or `host:port`, as the URL has it. */
  readonly authority: string;
  /** What the parser makes of it; a CONNECT has no more than its target. */
  readonly parsed:
    | { readonly request: ParsedRequest; readonly upgrade: boolean }
    | { readonly connect: string }
    | { readonly refusal: Refusal };
  /** null: none. */
  readonly body: Buffer | null;
}

/** What would become of a request. */
export interface ExplainedOutcome extends Fate {
  /** Something of it goes out: as it is, or with what was found covered. */
  readonly allowed: boolean;
  readonly route: string | null;
  readonly rules: readonly Explanation[];
  readonly detectors: readonly DetectorExplanation[];
  readonly onMatch: RouteDlp['outboundOnMatch'] | null;
}

/** What the sidecar would do with a request, step by step; what a look-up or the upstream would say is not asked. */
export async function explainRequest(
  table: RouteTable,
  asked: RequestToExplain,
  secrets: readonly KnownSecret[],
): Promise<ExplainedOutcome> {
  const opened = open(table, asked);
  if ('rules' in opened) return refusedBy(opened.refusal, opened.rules);
  const { head, question } = opened;
  const verdict = decide(table, question);
  const rules = explain(table, question);
  const way = verdict.allowed ? verdict.route : verdict.onApproval;
  const route = verdict.route?.route.host ?? null;
  if (!way) return { ...refusedBy(verdict.allowed ? null : verdict.refusal, rules), route };
  const problem = question.way === 'upgrade' ? upgradeProblem(head) : null;
  if (problem) return { ...refusedBy(problem, [...rules, refusing('request', problem)]), route };
  const leaving: MessageHead = {
    host: question.host,
    target: question.target,
    headers: departingHeaders(opened.headers, head.nominated, strippedHeaders(way.route)),
  };
  const fate = verdict.allowed
    ? await scanFate({ table, route: way, question, head: leaving, body: asked.body, secrets })
    : await holdFate(question.host, secrets);
  const detectors = explainDetectors(
    await loadDetectors('outbound', null),
    { knownSecrets: secrets },
    way.route.dlp,
    { head: leaving, body: asked.body },
  );
  const allowed = fate.outcome === 'let-out' || fate.outcome === 'redacted';
  const scan = fate.refusal ? [refusing('scan', fate.refusal)] : [];
  const onMatch = way.route.dlp.outboundOnMatch;
  return { ...fate, allowed, route, rules: [...rules, ...scan], detectors, onMatch };
}

type Opened =
  | (Extract<Asked, { refusal: null }> & { readonly headers: ParsedRequest['rawHeaders'] })
  | { readonly refusal: Refusal; readonly rules: readonly Explanation[] };

/** The connection, and what can be wrong with the request on it before a rule is asked. */
function open(table: RouteTable, { scheme, authority, parsed }: RequestToExplain): Opened {
  let host: string | null = null;
  if (scheme === 'https') {
    const named = parseAuthority(authority, 443);
    if (!named.ok) return refusedAs('host', finalRefusal(named.code, named.message));
    const connect = connectQuestion(named.host, named.port);
    const verdict = decide(table, connect);
    if (!verdict.allowed) return { refusal: verdict.refusal, rules: explain(table, connect) };
    host = named.host;
  }
  if ('refusal' in parsed) return refusedAs('request', parsed.refusal);
  if ('connect' in parsed) return refusedAs('request', connectRefusal(scheme, parsed.connect));
  const { request, upgrade } = parsed;
  const way = scheme === 'https' ? 'tls' : 'plain';
  const asked = whatIsAsked({ way, host, problem: null }, request, upgrade);
  if (asked.refusal) return refusedAs('request', asked.refusal);
  return { ...asked, headers: request.rawHeaders };
}

function connectRefusal(scheme: RequestToExplain['scheme'], target: string): Refusal {
  if (scheme === 'https') return nestedConnect;
  const authority = parseAuthority(target, null);
  return authority.ok ? nestedConnect : finalRefusal(authority.code, authority.message);
}

const refusedAs = (rule: string, refusal: Refusal) => ({ refusal, rules: [refusing(rule, refusal)] });

const refusing = (rule: string, refusal: Refusal): Explanation => ({ rule, answer: 'refuses', refusal });

function refusedBy(refusal: Refusal | null, rules: readonly Explanation[]): ExplainedOutcome {
  return { outcome: 'refused', refusal, allowed: false, route: null, rules, detectors: [], onMatch: null };
}

/** A host that no route names is asked about, unless its name may not be shown. */
async function holdFate(host: string, secrets: readonly KnownSecret[]): Promise<Fate> {
  const scanner = await outboundScanner(null, { knownSecrets: secrets });
  if (shownText(scanner, host) === host) return { outcome: 'held', refusal: null };
  return { outcome: 'refused', refusal: hiddenHost };
}
