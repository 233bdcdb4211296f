import { defaultDlp, type Route, type UnknownHost } from '../contract/route.js';
import { canonicalHostPattern, isLocalName } from './host.js';
import { type CompiledMatch, compileMatch } from './matching.js';

export interface CompiledRoute {
  readonly route: Route;
  /** False: no manifest names it, an operator is asked about it. */
  readonly named: boolean;
  /** null: any request; an empty list: none. */
  readonly matches: readonly CompiledMatch[] | null;
}

/** Routes by host. Maps, not objects: a host may be named `constructor`. */
export interface RouteTable {
  readonly exact: ReadonlyMap<string, CompiledRoute>;
  /** By the part after `*.`. */
  readonly wildcard: ReadonlyMap<string, CompiledRoute>;
  /** What becomes of a host that no route names: refused, or held for the operator. */
  readonly unknownHost: UnknownHost;
}

/** @throws RangeError or SyntaxError, naming the route, for one that can't be compiled: nothing may start then. */
export function compileRoutes(routes: readonly Route[], unknownHost: UnknownHost = 'block'): RouteTable {
  const exact = new Map<string, CompiledRoute>();
  const wildcard = new Map<string, CompiledRoute>();
  for (const route of routes) {
    const pattern = canonicalHostPattern(route.host);
    if (!pattern.ok) throw new RangeError(`egress.routes[${route.host}]: not a host (${pattern.reason})`);
    const isWildcard = pattern.host.startsWith('*.');
    const table = isWildcard ? wildcard : exact;
    const key = isWildcard ? pattern.host.slice(2) : pattern.host;
    if (table.has(key)) throw new RangeError(`egress.routes[${route.host}]: a second entry for this host`);
    table.set(key, { route, named: true, matches: route.matches?.map(compileMatch) ?? null });
  }
  return { exact, wildcard, unknownHost };
}

/** The host's own route, else that of the longest wildcard: `*.b.c` before `*.c`, and neither for `b.c` itself. */
export function findRoute(table: RouteTable, host: string): CompiledRoute | null {
  const found = table.exact.get(host) ?? longestWildcard(table, host);
  // The names of this machine mean an upstream only where the operator said which.
  if (found && isLocalName(host) && found.route.connectTo === null) return null;
  return found;
}

function longestWildcard(table: RouteTable, host: string): CompiledRoute | null {
  if (table.wildcard.size === 0) return null;
  for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
    const found = table.wildcard.get(host.slice(dot + 1));
    if (found) return found;
  }
  return null;
}

/**
 * The way to a host that no route names, should the operator approve: nothing is added, nothing is private, nothing
 * is redirected. null where it can't be asked for at all.
 */
export function unnamedRoute(table: RouteTable, host: string, scheme: Route['scheme']): CompiledRoute | null {
  if (table.unknownHost === 'block' || isLocalName(host)) return null;
  const route: Route = {
    host,
    scheme,
    matches: null,
    auth: null,
    headers: [],
    gitFetch: false,
    doh: false,
    dlp: defaultDlp,
    connectTo: null,
    private: false,
    certificateAuthority: null,
  };
  return { route, named: false, matches: null };
}
