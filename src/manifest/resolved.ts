import type { Route, UnknownHost } from '../contract/route.js';

/** An agent as its files say, every `extends` followed, nothing of the host looked up yet. */
export interface ResolvedAgent {
  readonly name: string;
  /** The file it was read from. */
  readonly file: string;
  /** The body of the file. */
  readonly systemPrompt: string;
  readonly bottle: ResolvedBottle;
}

export interface ResolvedBottle {
  readonly name: string;
  /** Every bottle it was composed of, base first, itself last. */
  readonly chain: readonly string[];
  /** Name of a provider. */
  readonly provider: string;
  readonly env: Readonly<Record<string, string>>;
  readonly gitUser: { readonly name: string; readonly email: string } | null;
  readonly unknownHost: UnknownHost;
  /** The Dockerfile that replaces the provider's: absolute path, and where it is written. */
  readonly dockerfile: { readonly path: string; readonly where: string } | null;
  /** OCI runtime of the agent's container, and where it is written. */
  readonly runtime: { readonly name: string; readonly where: string } | null;
  /** null: the backend's usual. */
  readonly resources: {
    /** Bytes. */
    readonly memory: number | null;
    readonly cpus: number | null;
    /** Processes and threads. */
    readonly pids: number | null;
  };
  readonly routes: readonly ResolvedRoute[];
  /** By host: the bottles whose files write its route, base first. */
  readonly routeBottles: Readonly<Record<string, readonly string[]>>;
}

/** A route before its files are read; a secret's name is that of the environment variable which holds it. */
export interface ResolvedRoute extends Omit<Route, 'certificateAuthority'> {
  /** Absolute path of a PEM file. */
  readonly caFile: string | null;
  /** Where the route is written, for errors: `file:line:column`. */
  readonly where: string;
}
