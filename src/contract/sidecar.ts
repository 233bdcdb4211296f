import type { DecisionEvent } from './event.js';
import type { OperatorDecision, Proposal, ProposalEnd } from './proposal.js';
import type { Route, UnknownHost } from './route.js';

/**
 * What the sidecar reads from its standard input: the first line, one JSON value, once.
 * It is the only way by which a secret enters (law 5).
 */
export interface SidecarConfiguration {
  readonly version: 1;
  readonly bottle: string;
  readonly listen: ListenAddress;
  /** For programs that ignore the proxy's variables: TLS by its SNI and plain HTTP by its Host, decided on as any other. */
  readonly transparent?: { readonly host: string; readonly https: number; readonly http: number };
  /** A name server that answers every allowed name with `answer`, and any other with NXDOMAIN (law 4). */
  readonly resolver?: { readonly host: string; readonly port: number; readonly answer: string };
  readonly routes: readonly Route[];
  /** Secret values by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** PEM certificates trusted for every upstream besides the runtime's own list (a company's TLS proxy). */
  readonly extraCertificateAuthorities: readonly string[];
  /** Name servers (`address` or `address:port`) asked instead of the system's resolver; empty: the system's. */
  readonly nameServers: readonly string[];
  readonly unknownHost: UnknownHost;
  /** Milliseconds that a held request waits for the operator before it is refused. */
  readonly holdTimeout: number;
}

/** A unix socket (bubblewrap: bound into the sandbox) or a TCP address (a container's own network). */
export type ListenAddress =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number };

/** Lines the sidecar writes to its standard output, one JSON value each. */
export type SidecarMessage =
  | {
      readonly type: 'ready' /** PEM of the bottle's CA certificate; its key never leaves. */;
      readonly certificate: string;
      /** The TCP port it listens at: the one asked for, or a free one where 0 was. */
      readonly port?: number;
    }
  | { readonly type: 'event'; readonly event: DecisionEvent }
  /** Events lost because the parent did not read in time. */
  | { readonly type: 'dropped'; readonly count: number }
  | { readonly type: 'proposal'; readonly proposal: Proposal }
  | { readonly type: 'proposal-ended'; readonly end: ProposalEnd }
  | { readonly type: 'fatal'; readonly message: string };

/** Lines that the sidecar reads from its standard input after the configuration, one JSON value each. */
export type ControlMessage = { readonly type: 'decision' } & OperatorDecision;
