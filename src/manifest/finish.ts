import { defaultDlp } from '../contract/route.js';
import { quoted } from './code-frame.js';
import type { Composition } from './compose.js';
import { collector, type Diagnostic, type Report, whereOf } from './diagnostic.js';
import type { BottleLayer, RouteLayer, Written } from './layer.js';
import type { ResolvedBottle, ResolvedRoute } from './resolved.js';
import type { ManifestFiles } from './source.js';

const defaultProvider = 'shell';

export interface Finished {
  readonly bottle: ResolvedBottle;
  readonly diagnostics: readonly Diagnostic[];
}

/** Fills in what no file says, and checks what only the whole can show. */
export function finish(
  name: string,
  { chain, layer }: Composition,
  fileProblems: ManifestFiles['fileProblems'],
): Finished {
  const { found, report } = collector();
  const open = [...layer.routes].filter(([, route]) => !route.removed);
  const bottle: ResolvedBottle = {
    name,
    chain,
    provider: layer.values.provider?.value ?? defaultProvider,
    env: Object.fromEntries(
      [...layer.env].flatMap(([variable, { value }]) => (value === null ? [] : [[variable, value] as const])),
    ),
    gitUser: gitUser(layer, report),
    unknownHost: layer.values.unknownHost?.value ?? 'block',
    dockerfile: located(layer.values.dockerfile, (path, where) => ({ path, where })),
    runtime: located(layer.values.runtime, (name, where) => ({ name, where })),
    resources: {
      memory: layer.values.memory?.value ?? null,
      cpus: layer.values.cpus?.value ?? null,
      pids: layer.values.pids?.value ?? null,
    },
    routes: open.map(([host, route]) => finishRoute(host, route)),
    routeBottles: Object.fromEntries(open.map(([host, route]) => [host, route.bottles])),
  };
  for (const [host, route] of open) {
    checkRoute(host, route, report);
    const { caFile } = route.values;
    const problem = caFile?.value && fileProblems?.certificates(caFile.value);
    if (problem) report('invalid-ca-file', caFile.place, problem.message, problem.hint);
  }
  const { dockerfile } = layer.values;
  const problem = dockerfile?.value && fileProblems?.dockerfile(dockerfile.value);
  if (problem) report('invalid-dockerfile', dockerfile.place, problem.message, problem.hint);
  return { bottle, diagnostics: found };
}

function located<Value, Result>(
  written: Written<Value> | undefined,
  make: (value: Value, where: string) => Result,
): Result | null {
  return written === undefined || written.value === null ? null : make(written.value, whereOf(written.place));
}

function finishRoute(host: string, { values, place }: RouteLayer): ResolvedRoute {
  return {
    host,
    scheme: values.scheme?.value ?? 'https',
    matches: values.matches?.value ?? null,
    auth: values.auth?.value ?? null,
    headers: values.headers?.value ?? [],
    gitFetch: values.gitFetch?.value ?? false,
    doh: values.doh?.value ?? false,
    dlp: {
      outbound: values.outboundDetectors?.value ?? defaultDlp.outbound,
      inbound: values.inboundDetectors?.value ?? defaultDlp.inbound,
      outboundOnMatch: values.outboundOnMatch?.value ?? defaultDlp.outboundOnMatch,
      inboundOnMatch: values.inboundOnMatch?.value ?? defaultDlp.inboundOnMatch,
    },
    connectTo: values.connectTo?.value ?? null,
    private: values.private?.value ?? false,
    caFile: values.caFile?.value ?? null,
    where: whereOf(place),
  };
}

function gitUser({ values }: BottleLayer, report: Report): ResolvedBottle['gitUser'] {
  const name = values.gitUserName;
  const email = values.gitUserEmail;
  if (name?.value && email?.value) return { name: name.value, email: email.value };
  const alone = name?.value ? name : email?.value ? email : null;
  if (alone) {
    const missing = alone === name ? 'email' : 'name';
    report(
      'invalid-git-user',
      alone.place,
      `'git.user' lacks the key '${missing}'`,
      'git needs both to commit',
    );
  }
  return null;
}

function checkRoute(host: string, { values }: RouteLayer, report: Report): void {
  const { auth, headers, scheme, connectTo } = values;
  const set = headers?.value ?? [];
  if (auth?.value && headers && set.some((header) => header.name.toLowerCase() === 'authorization')) {
    const message = `the route ${quoted(host)} sets Authorization by 'auth' and by 'headers'`;
    report('header-conflict', headers.place, message, 'keep one of them');
  }
  const credential = auth?.value ? auth : set.some((header) => 'secret' in header) ? headers : undefined;
  const pinned = connectTo?.value || values.private?.value;
  if (credential && scheme?.value === 'http' && !pinned) {
    const message = `the route ${quoted(host)} would send a credential in the clear`;
    const hint = "use https; or, for an upstream on your own network, add 'private: true' or 'connect_to'";
    report('credential-in-clear', credential.place, message, hint);
  }
}
