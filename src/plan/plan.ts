import type { Route, UnknownHost } from '../contract/route.js';

/** Everything that a backend needs to run one bottle; a value, and free of secrets. */
export interface BottlePlan {
  /** Unique among running bottles: the agent's name and four hexadecimal digits. */
  readonly id: string;
  readonly agent: string;
  /** The bottles it was composed of, base first. */
  readonly bottles: readonly string[];
  readonly provider: string;
  readonly backend: string;
  readonly command: readonly string[];
  /** The body of the agent's manifest. */
  readonly systemPrompt: string;
  /** The agent's whole environment: nothing of the host's is inherited besides. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workspace: WorkspacePlan;
  readonly proxy: ProxyPlan;
  readonly routes: readonly Route[];
  /** What becomes of a host that no route names. */
  readonly unknownHost: UnknownHost;
  /** Milliseconds that a held request waits for the operator. */
  readonly holdTimeout: number;
  /** Names and sources of the secrets; the values are read at start and go to the sidecar alone. */
  readonly secrets: readonly SecretReference[];
  readonly extraCertificateAuthorities: readonly string[];
  readonly nameServers: readonly string[];
  readonly resources?: ResourceLimits;
  /** For backends that run containers. */
  readonly container?: ContainerPlan;
}

interface ContainerPlan {
  /** Absolute path of a Dockerfile that replaces the provider's own. */
  readonly dockerfile?: string | null;
  /** OCI runtime; null: gVisor where the engine has it, else the engine's own. */
  readonly runtime?: string | null;
}

/** null: the backend's usual. */
interface ResourceLimits {
  /** Bytes. */
  readonly memory: number | null;
  /** Processors, in parts too. */
  readonly cpus: number | null;
  /** Processes and threads. */
  readonly pids: number | null;
}

export interface WorkspacePlan {
  /** Real path on the host. */
  readonly source: string;
  /** Path in the bottle. */
  readonly target: string;
  readonly protectedPaths: readonly ProtectedPath[];
  /** 'copy': the agent works on a copy, and the changes come out as a patch; absent: on the folder itself. */
  readonly mode?: 'mount' | 'copy';
}

/** A path of the workspace that programs of the host would execute or obey; read-only in the bottle. */
export interface ProtectedPath {
  /** Relative to the workspace, `/` between segments. */
  readonly path: string;
  readonly kind: 'file' | 'directory';
  /** What a file that isn't there yet holds while the bottle runs; absent: protected only where it is there. */
  readonly placeholder?: string;
}

export interface ProxyPlan {
  readonly host: string;
  readonly port: number;
}

export interface SecretReference {
  readonly name: string;
  readonly environmentVariable: string;
  /** Where a manifest asks for it: `file:line:column`. */
  readonly where: string;
}
