/**
 * What the first process in a sandbox is told: one JSON value in the environment variable
 * named by {@link initVariable}, taken out of the environment before the agent starts. Holds no secret.
 */
export const initVariable = 'BOT_BOTTLE_INIT';

export interface InitConfiguration {
  /** The agent's command, found in PATH. */
  readonly command: readonly string[];
  readonly workingDirectory: string;
  /** The sidecar's unix socket as seen inside. */
  readonly proxySocket: string;
  /** Loopback port inside at which the relay listens. */
  readonly proxyPort: number;
  /** Addresses that must be unreachable from inside (law 10): `address:port`. */
  readonly forbiddenAddresses: readonly string[];
}
