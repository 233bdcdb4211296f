import type { Route } from '../contract/route.js';
import type { ResolvedAgent, ResolvedRoute } from '../manifest/resolved.js';
import { bottlePaths } from './bottle-paths.js';
import { agentEnvironment } from './environment.js';
import type { BottlePlan, ProxyPlan, SecretReference } from './plan.js';
import type { Provider } from './ports.js';
import { protectedPaths } from './protected-paths.js';

/** What only the host can say, gathered before the plan is made. */
export interface HostFacts {
  /** Four hexadecimal digits that no running bottle of this agent has. */
  readonly suffix: string;
  readonly backend: string;
  /** Real path of the workspace. */
  readonly workspace: string;
  /** The operator's variables of terminal, language and time zone; nothing else of the host's is passed on. */
  readonly locale: Readonly<Record<string, string>>;
  /** PEM text by the absolute path that a route's `ca_file` names. */
  readonly certificates: Readonly<Record<string, string>>;
  readonly extraCertificateAuthorities: readonly string[];
  readonly nameServers: readonly string[];
  /** Where the backend lets the agent find the proxy; absent: at a relay on its own loopback. */
  readonly proxy?: ProxyPlan;
  readonly workspaceMode?: 'mount' | 'copy';
  /** Real path of the bottle's own Dockerfile. */
  readonly dockerfile?: string | null;
  /** OCI runtime that the operator asked for at this start. */
  readonly runtime?: string;
  /** Milliseconds. */
  readonly holdTimeout: number;
}

/** Where the relay answers as seen by the agent. */
const relay = { host: '127.0.0.1', port: 3128 } as const;

/** From manifest, provider and facts to the one value that a backend runs. Pure, and free of secrets. */
export function makePlan(
  agent: ResolvedAgent,
  provider: Provider,
  given: readonly string[],
  facts: HostFacts,
): BottlePlan {
  const { bottle } = agent;
  const proxy = facts.proxy ?? relay;
  return {
    id: `${agent.name}-${facts.suffix}`,
    agent: agent.name,
    bottles: bottle.chain,
    provider: provider.name,
    backend: facts.backend,
    command: provider.command(given),
    systemPrompt: agent.systemPrompt,
    environment: agentEnvironment({
      proxy,
      locale: facts.locale,
      gitUser: bottle.gitUser,
      provider: provider.environment,
      manifest: bottle.env,
    }),
    workspace: {
      source: facts.workspace,
      target: bottlePaths.workspace,
      protectedPaths,
      mode: facts.workspaceMode ?? 'mount',
    },
    proxy,
    routes: bottle.routes.map((route) => planRoute(route, facts.certificates)),
    unknownHost: bottle.unknownHost,
    holdTimeout: facts.holdTimeout,
    secrets: secretReferences(bottle.routes),
    extraCertificateAuthorities: facts.extraCertificateAuthorities,
    nameServers: facts.nameServers,
    resources: bottle.resources,
    container: {
      dockerfile: facts.dockerfile ?? null,
      runtime: facts.runtime ?? bottle.runtime?.name ?? null,
    },
  };
}

function planRoute(
  { caFile, where: _where, ...route }: ResolvedRoute,
  certificates: HostFacts['certificates'],
): Route {
  return { ...route, certificateAuthority: caFile === null ? null : (certificates[caFile] ?? null) };
}

function secretReferences(routes: readonly ResolvedRoute[]): SecretReference[] {
  const byName = new Map<string, SecretReference>();
  for (const { auth, headers, where } of routes) {
    const names = [
      ...(auth ? [auth.secret] : []),
      ...headers.flatMap((header) => ('secret' in header ? [header.secret] : [])),
    ];
    for (const name of names) {
      if (!byName.has(name)) byName.set(name, { name, environmentVariable: name, where });
    }
  }
  return [...byName.values()];
}
