import { bottlePaths } from './bottle-paths.js';
import type { ProxyPlan } from './plan.js';

export interface EnvironmentSources {
  readonly proxy: ProxyPlan;
  /** The operator's variables of terminal, language and time zone. */
  readonly locale: Readonly<Record<string, string>>;
  readonly gitUser: { readonly name: string; readonly email: string } | null;
  readonly provider: Readonly<Record<string, string>>;
  readonly manifest: Readonly<Record<string, string>>;
}

const user = 'agent';

/** Programs that trust a list of their own are each told of ours; each value replaces the whole list. */
const certificateVariables = [
  'SSL_CERT_FILE',
  'NODE_EXTRA_CA_CERTS',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'PIP_CERT',
  'CARGO_HTTP_CAINFO',
  'AWS_CA_BUNDLE',
  'NIX_SSL_CERT_FILE',
  'DENO_CERT',
  'BUNDLE_SSL_CA_CERT',
  'COMPOSER_CAFILE',
  'HEX_CACERTS_PATH',
  'CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE',
  'npm_config_cafile',
] as const;

/** The agent's whole environment; later sources win, but none over what keeps the bottle in order. */
export function agentEnvironment(sources: EnvironmentSources): Record<string, string> {
  return {
    LANG: 'C.UTF-8',
    ...sources.locale,
    ...gitIdentity(sources.gitUser),
    PATH: `/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:${bottlePaths.programs}`,
    SHELL: '/bin/bash',
    ...sources.provider,
    ...sources.manifest,
    HOME: bottlePaths.home,
    USER: user,
    LOGNAME: user,
    PWD: bottlePaths.workspace,
    ...proxyVariables(sources.proxy),
    ...Object.fromEntries(certificateVariables.map((name) => [name, bottlePaths.certificates])),
    ...nodeVariables(sources),
    ...gitSettings(),
  };
}

function proxyVariables({ host, port }: ProxyPlan): Record<string, string> {
  const url = `http://${host}:${port}`;
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'WS_PROXY', 'WSS_PROXY'];
  const pairs = names.flatMap((name) => [
    [name, url],
    [name.toLowerCase(), url],
  ]);
  return { ...Object.fromEntries(pairs), NO_PROXY: '', no_proxy: '' };
}

/** Node 22.21 and later read the first; the file that the second loads serves earlier ones and is nothing to later ones. */
function nodeVariables({ provider, manifest }: EnvironmentSources): Record<string, string> {
  const given = manifest['NODE_OPTIONS'] ?? provider['NODE_OPTIONS'];
  const load = `--require=${bottlePaths.nodeProxy}`;
  return { NODE_USE_ENV_PROXY: '1', NODE_OPTIONS: given ? `${load} ${given}` : load };
}

function gitIdentity(gitUser: EnvironmentSources['gitUser']): Record<string, string> {
  if (!gitUser) return {};
  return {
    GIT_AUTHOR_NAME: gitUser.name,
    GIT_AUTHOR_EMAIL: gitUser.email,
    GIT_COMMITTER_NAME: gitUser.name,
    GIT_COMMITTER_EMAIL: gitUser.email,
  };
}

/** Settings by environment (git-config, GIT_CONFIG_COUNT): the repository's own configuration is read-only. */
function gitSettings(): Record<string, string> {
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.excludesFile',
    GIT_CONFIG_VALUE_0: bottlePaths.gitExcludes,
  };
}
