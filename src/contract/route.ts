/** What a bottle lets out: the compiled form of `egress.routes`, as the sidecar receives it. */

export interface PathMatch {
  readonly type: 'prefix' | 'exact' | 'regex';
  readonly value: string;
}

export interface HeaderMatch {
  readonly name: string;
  readonly value: string;
  readonly type: 'exact' | 'regex';
}

/** A request fits when one path, one method and every header named here fit; what is not named is not asked. */
export interface RequestMatch {
  readonly paths?: readonly PathMatch[];
  readonly methods?: readonly string[];
  readonly headers?: readonly HeaderMatch[];
}

type AuthScheme = 'Bearer' | 'token' | 'Basic';

export interface RouteAuth {
  readonly scheme: AuthScheme;
  /** Name of the secret in {@link SidecarConfiguration.secrets}; never its value. */
  readonly secret: string;
}

/** A header set on the way out: either a plain value or the name of a secret. */
export type RouteHeader =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly secret: string };

/** What scans a route's traffic, and what becomes of a finding. */
export interface RouteDlp {
  /** Names of detectors of what leaves; null: every one, an empty list: none. */
  readonly outbound: readonly string[] | null;
  /** Names of detectors of what comes back; null: every one, an empty list: none. */
  readonly inbound: readonly string[] | null;
  /** The request waits for the operator, goes on without what was found, or is refused. */
  readonly outboundOnMatch: 'supervise' | 'redact' | 'block';
  /** The answer is withheld, waits for the operator, or goes on with a warning. */
  readonly inboundOnMatch: 'block' | 'supervise' | 'warn';
}

/** Of a route that doesn't say. */
export const defaultDlp: RouteDlp = {
  outbound: null,
  inbound: null,
  outboundOnMatch: 'supervise',
  inboundOnMatch: 'block',
};

export interface Route {
  /** Canonical host, or `*.` and a canonical host: one or more labels more. */
  readonly host: string;
  readonly scheme: 'https' | 'http';
  /** null: any request; an empty list: none. */
  readonly matches: readonly RequestMatch[] | null;
  readonly auth: RouteAuth | null;
  readonly headers: readonly RouteHeader[];
  /** git's smart HTTP fetch (upload-pack); a push (receive-pack) is refused on every route. */
  readonly gitFetch: boolean;
  /** DNS-over-HTTPS messages may pass. */
  readonly doh: boolean;
  readonly dlp: RouteDlp;
  /** Where to dial instead of the route's own name and port; implies that the address may be private. */
  readonly connectTo: { readonly host: string; readonly port: number } | null;
  /** Addresses that are not public may be dialled. */
  readonly private: boolean;
  /** PEM certificates trusted for this upstream besides the usual ones. */
  readonly certificateAuthority: string | null;
}

/** What becomes of a request to a host that no route names: a refusal, or a question to the operator. */
export type UnknownHost = 'block' | 'supervise';
