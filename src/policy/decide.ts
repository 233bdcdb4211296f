import type { Refusal } from '../contract/refusal.js';
import { isDnsOverHttps } from './doh.js';
import { gitRequest } from './git.js';
import { canonicalTarget } from './path.js';
import { finalRefusal, matchYaml, routeRule, routeYaml } from './refusals.js';
import type { RawHeaders } from './request-head.js';
import { type CompiledRoute, findRoute, type RouteTable, unnamedRoute } from './routes.js';

/** The ways by which something can ask to leave. */
export type Way = 'connect' | 'plain' | 'tls' | 'upgrade' | 'transparent' | 'git';

/** What is asked. The host is canonical; for `connect` nothing but host and port is known yet. */
export interface Question {
  readonly way: Way;
  readonly scheme: 'https' | 'http';
  readonly host: string;
  readonly port: number;
  readonly method: string;
  /** Origin-form, as it came: path and query. */
  readonly target: string;
  /** Without those that `Connection` takes for this hop. */
  readonly headers: RawHeaders;
}

export type Verdict =
  | { readonly allowed: true; readonly route: CompiledRoute }
  | {
      readonly allowed: false;
      readonly route: CompiledRoute | null;
      readonly refusal: Refusal;
      /** The way it would go if the operator approved; null: the refusal is final. */
      readonly onApproval: CompiledRoute | null;
    };

/** One rule's answer: it has nothing against the request, refuses it, or lets it past the rules that follow. */
type Answer = Refusal | 'pass' | 'grant';

/** What the rules are asked about. */
interface Subject extends Omit<Question, 'way' | 'host' | 'target'> {
  readonly found: CompiledRoute;
  readonly path: string;
  readonly query: string;
}

interface Rule {
  readonly name: string;
  readonly answer: (subject: Subject) => Answer;
}

const defaultPorts = { https: 443, http: 80 } as const;
const neverForwarded = new Set(['CONNECT', 'TRACE', 'TRACK']);

const connectionRules: readonly Rule[] = [
  { name: 'scheme', answer: schemeAnswer },
  { name: 'port', answer: portAnswer },
];
const requestRules: readonly Rule[] = [
  { name: 'method', answer: methodAnswer },
  { name: 'doh', answer: dohAnswer },
  { name: 'git', answer: gitAnswer },
  { name: 'matches', answer: matchesAnswer },
];
const allRules = [...connectionRules, ...requestRules];

/** The one decision, for every way in. What no rule allows is refused. */
export function decide(table: RouteTable, question: Question): Verdict {
  const subject = subjectOf(table, question);
  if ('refusal' in subject) return subject;
  for (const rule of question.way === 'connect' ? connectionRules : allRules) {
    const answer = rule.answer(subject);
    if (answer === 'grant') break;
    if (answer !== 'pass') return { allowed: false, route: subject.found, refusal: answer, onApproval: null };
  }
  // A CONNECT sends nothing to anybody: what is asked for inside it is held.
  if (subject.found.named || question.way === 'connect') return { allowed: true, route: subject.found };
  return { allowed: false, route: null, refusal: hostRefusal(question), onApproval: subject.found };
}

export interface Explanation {
  readonly rule: string;
  readonly answer: 'passes' | 'grants' | 'holds' | 'refuses' | 'not asked';
  readonly refusal: Refusal | null;
}

/** The same decision, with each rule's own answer; those after a grant or a refusal are listed as not asked. */
export function explain(table: RouteTable, question: Question): readonly Explanation[] {
  const subject = subjectOf(table, question);
  const rules = question.way === 'connect' ? connectionRules : allRules;
  const rest = rules.map(({ name }) => ({ rule: name, answer: 'not asked', refusal: null }) as const);
  if ('refusal' in subject) {
    const failed = subject.refusal.code === 'path-not-canonical' ? 'path' : 'host';
    return [{ rule: failed, answer: 'refuses', refusal: subject.refusal }, ...rest];
  }
  const { named } = subject.found;
  const explanations: Explanation[] = [
    { rule: 'host', answer: named ? 'passes' : 'holds', refusal: named ? null : hostRefusal(question) },
  ];
  for (const [index, rule] of rules.entries()) {
    const answer = rule.answer(subject);
    const refusal = typeof answer === 'string' ? null : answer;
    const word = refusal ? 'refuses' : answer === 'grant' ? 'grants' : 'passes';
    explanations.push({ rule: rule.name, answer: word, refusal });
    if (answer !== 'pass') return [...explanations, ...rest.slice(index + 1)];
  }
  return explanations;
}

/** Path and route: what every rule needs; without them there is nothing to ask a rule about. */
function subjectOf(
  table: RouteTable,
  question: Question,
): Subject | { allowed: false; route: null; refusal: Refusal; onApproval: null } {
  let path = '';
  let query = '';
  if (question.way !== 'connect') {
    const target = canonicalTarget(question.target);
    if (!target.ok) {
      const refusal = finalRefusal('path-not-canonical', `the path is ambiguous: ${target.reason}`);
      return { allowed: false, route: null, refusal, onApproval: null };
    }
    ({ path, query } = target);
  }
  const { scheme, port, method, headers } = question;
  const found = findRoute(table, question.host) ?? unnamedRoute(table, question.host, scheme);
  if (!found) return { allowed: false, route: null, refusal: hostRefusal(question), onApproval: null };
  return { scheme, port, method, headers, found, path, query };
}

function hostRefusal({ host, scheme }: Question): Refusal {
  return {
    code: 'host-not-allowed',
    message: `no route allows ${host}`,
    rule: 'egress.routes',
    allow: routeYaml(host, scheme === 'http' ? ['scheme: http'] : []),
  };
}

function schemeAnswer({ scheme, found }: Subject): Answer {
  const { host, scheme: wanted } = found.route;
  if (scheme === wanted) return 'pass';
  return wanted === 'https'
    ? finalRefusal('plain-http-not-allowed', `${host} is reached by https alone`, routeRule(host))
    : finalRefusal('https-not-allowed', `${host} is reached by plain http alone`, routeRule(host, 'scheme'));
}

function portAnswer({ scheme, port, found }: Subject): Answer {
  if (port === defaultPorts[scheme]) return 'pass';
  const { host } = found.route;
  const message = `port ${port} of ${host} is not allowed, only ${defaultPorts[scheme]}`;
  return finalRefusal('port-not-allowed', message, routeRule(host));
}

function methodAnswer({ method, found }: Subject): Answer {
  // TRACE answers with the request, injected credentials and all (RFC 9110, 9.3.8).
  if (!neverForwarded.has(method.toUpperCase())) return 'pass';
  return finalRefusal('method-not-allowed', `${method} is never forwarded`, routeRule(found.route.host));
}

function gitAnswer({ method, path, query, headers, found }: Subject): Answer {
  const git = gitRequest(method, path, query, headers);
  if (git === null) return 'pass';
  const { host, gitFetch } = found.route;
  if (git.kind === 'push') {
    return finalRefusal(
      'git-push-not-allowed',
      'a push over HTTP is never forwarded',
      routeRule(host, 'git'),
    );
  }
  if (gitFetch) return git.kind === 'fetch' ? grantFetch(found, git.paths) : unlikeFetch(host);
  return {
    code: 'git-fetch-not-allowed',
    message: `git may not fetch from ${host}`,
    rule: routeRule(host, 'git.fetch'),
    allow: routeYaml(host, ['git: {fetch: true}']),
  };
}

/** `git.fetch` stands for the methods and headers of a match; the paths that the matches name bound it still. */
function grantFetch({ route, matches }: CompiledRoute, paths: readonly string[]): Answer {
  const [path = '/', repository = path] = paths;
  if (matches === null || matches.length === 0) return 'grant';
  if (matches.some((match) => paths.some(match.path))) return 'grant';
  const yaml =
    repository.length > 300
      ? null
      : `matches: [{paths: [{type: exact, value: ${JSON.stringify(repository)}}]}]`;
  return {
    code: 'path-not-allowed',
    message: `git may not fetch this repository from ${route.host}`,
    rule: routeRule(route.host, 'matches'),
    allow: yaml === null ? null : routeYaml(route.host, [yaml]),
  };
}

function unlikeFetch(host: string): Refusal {
  const message = 'it names git-upload-pack, but is no request of a git fetch';
  return finalRefusal('git-fetch-not-allowed', message, routeRule(host, 'git.fetch'));
}

function dohAnswer({ path, query, headers, found }: Subject): Answer {
  const { host, doh } = found.route;
  if (doh || !isDnsOverHttps(path, query, headers)) return 'pass';
  return {
    code: 'doh-not-allowed',
    message: `a DNS message to ${host} is not allowed`,
    rule: routeRule(host, 'doh'),
    allow: routeYaml(host, ['doh: true']),
  };
}

function matchesAnswer({ method, path, headers, found }: Subject): Answer {
  const { matches, route } = found;
  if (matches === null) return 'pass';
  const nearly = { method: false, path: false };
  for (const match of matches) {
    const fits = { method: match.method(method), path: match.path(path), headers: match.headers(headers) };
    if (fits.method && fits.path && fits.headers) return 'pass';
    nearly.method ||= fits.path && fits.headers;
    nearly.path ||= fits.method && fits.headers;
  }
  const yaml = matchYaml(method, path);
  const [code, what] = nearly.method
    ? (['method-not-allowed', `${method} on this path`] as const)
    : nearly.path
      ? (['path-not-allowed', 'this path'] as const)
      : (['request-not-allowed', 'this request'] as const);
  return {
    code,
    message: `${what} is not allowed at ${route.host}`,
    rule: routeRule(route.host, 'matches'),
    allow: yaml === null ? null : routeYaml(route.host, yaml),
  };
}
