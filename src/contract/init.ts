/**
 * What the first process in a sandbox is told: one JSON value in the environment variable
 * named by {@link initVariable}. The agent gets the environment that is named here and not this one. Holds no secret.
 */
export const initVariable = 'BOT_BOTTLE_INIT';

export interface InitConfiguration {
  /** The agent's command, found in the PATH of its environment. */
  readonly command: readonly string[];
  /** The agent's whole environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** The sidecar's unix socket as seen inside. */
  readonly proxySocket: string;
  /** Loopback port inside at which the relay listens. */
  readonly proxyPort: number;
  /** Addresses that must be unreachable from inside (law 10): `address:port`, `[address]:port` for IPv6. */
  readonly forbiddenAddresses: readonly string[];
  /** A socket to the backend, on which both sides write one JSON value a line; its end ends the sandbox. */
  readonly controlDescriptor: number;
}

/** Which file a path must lead to, not following a link at its end. */
export interface ExpectedFile {
  /** Absolute, as seen inside. */
  readonly path: string;
  /** Numbers of device and inode, `device:inode` in decimal. */
  readonly identity: string;
}

/** What the backend says to the first process. */
export type InitCommand =
  /** The sidecar answers and its certificate is in place: prove the walls and the mounts and start the agent. */
  | { readonly type: 'go'; readonly mounts?: readonly ExpectedFile[] }
  | { readonly type: 'signal'; readonly signal: NodeJS.Signals };

/** What the first process says; nothing after `started` or `refused` is to be believed, for then the agent runs. */
export type InitMessage =
  | { readonly type: 'listening' }
  | { readonly type: 'started' }
  | { readonly type: 'refused'; readonly message: string };
