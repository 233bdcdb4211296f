import type { Route, RouteDlp, UnknownHost } from '../contract/route.js';
import type { Place } from './diagnostic.js';

/** A value as one file wrote it; null takes away what a parent wrote. */
export interface Written<Value> {
  readonly value: Value | null;
  readonly place: Place;
}

type Layer<Values> = { readonly [Key in keyof Values]?: Written<Values[Key]> };

interface RouteValues {
  readonly scheme: Route['scheme'];
  readonly matches: NonNullable<Route['matches']>;
  readonly auth: NonNullable<Route['auth']>;
  readonly headers: Route['headers'];
  readonly gitFetch: boolean;
  readonly doh: boolean;
  readonly outboundDetectors: readonly string[];
  readonly inboundDetectors: readonly string[];
  readonly outboundOnMatch: RouteDlp['outboundOnMatch'];
  readonly inboundOnMatch: RouteDlp['inboundOnMatch'];
  readonly connectTo: NonNullable<Route['connectTo']>;
  readonly private: boolean;
  readonly caFile: string;
}

/** What one file, or several merged, say of one host. */
export interface RouteLayer {
  /** What came before doesn't count: the entry was taken away here, or in a layer that is merged in. */
  readonly reset: boolean;
  /** Nothing was written after the entry was taken away. */
  readonly removed: boolean;
  readonly values: Layer<RouteValues>;
  /** The last place that writes the entry. */
  readonly place: Place;
  /** Names of the bottles that write it, base first. */
  readonly bottles: readonly string[];
}

interface BottleValues {
  readonly provider: string;
  readonly gitUserName: string;
  readonly gitUserEmail: string;
  readonly unknownHost: UnknownHost;
  /** Absolute path. */
  readonly dockerfile: string;
  readonly runtime: string;
  /** Bytes. */
  readonly memory: number;
  readonly cpus: number;
  readonly pids: number;
}

/** What one bottle file, or several merged, say. */
export interface BottleLayer {
  readonly values: Layer<BottleValues>;
  readonly env: ReadonlyMap<string, Written<string>>;
  /** By canonical host, in the order of first mention. */
  readonly routes: ReadonlyMap<string, RouteLayer>;
}

export const emptyLayer: BottleLayer = { values: {}, env: new Map(), routes: new Map() };

/**
 * The child's word over the base's: maps merge, a child's value wins (also null), what is inside a value
 * (the list `matches`, the list `headers`, the map `auth`) is replaced whole. Associative, with emptyLayer as its unit;
 * neither argument is changed.
 */
export function mergeLayers(base: BottleLayer, child: BottleLayer): BottleLayer {
  const routes = new Map(base.routes);
  for (const [host, route] of child.routes) {
    const before = routes.get(host);
    routes.set(host, before ? mergeRoutes(before, route) : route);
  }
  return {
    values: { ...base.values, ...child.values },
    env: new Map([...base.env, ...child.env]),
    routes,
  };
}

function mergeRoutes(base: RouteLayer, child: RouteLayer): RouteLayer {
  if (child.reset) return child;
  const before = base.removed ? [] : base.bottles.filter((name) => !child.bottles.includes(name));
  return {
    reset: base.reset,
    removed: false,
    values: { ...base.values, ...child.values },
    place: child.place,
    bottles: [...before, ...child.bottles],
  };
}
