/**
 * What the keeper of a container's network namespace reads: the first line of its standard input, one JSON value, once
 * the namespace is on its network. Holds no secret.
 */
export interface WallsConfiguration {
  /** The only name server that the agent is to have. */
  readonly resolver: string;
  readonly proxy: { readonly host: string; readonly port: number };
  /** `address/bits`: the one network to which there may be a route. */
  readonly subnet: string;
  /** The address that engines give to the host. Some add a default route through it; nobody may be there. */
  readonly gateway: string;
  /** `address:port`, IPv4: nothing may answer there, not even with a refusal. */
  readonly forbiddenAddresses: readonly string[];
}

/** The second line that the keeper reads, once the sidecar is on all of its networks. */
export interface SidecarWalls {
  /** As {@link WallsConfiguration} has them: the sidecar's outer side, and what is beyond it. */
  readonly forbiddenAddresses: readonly string[];
}

/** The third line that the keeper reads, once the sidecar listens: what the agent is to trust, which only now is known. */
export interface SidecarReady {
  /** Absolute, as the keeper sees it. */
  readonly path: string;
  /** PEM certificates. */
  readonly certificates: string;
}

/** The one line that the keeper prints. */
export type WallsMessage =
  | { readonly type: 'proved'; readonly milliseconds: number }
  | { readonly type: 'refused'; readonly message: string };
