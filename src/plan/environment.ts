import type { ProxyPlan } from './plan.js';

export interface EnvironmentSources {
  readonly proxy: ProxyPlan;
  readonly locale: Readonly<Record<string, string>>;
  readonly gitUser: { readonly name: string; readonly email: string } | null;
  readonly provider: Readonly<Record<string, string>>;
  readonly manifest: Readonly<Record<string, string>>;
}

/** The agent's whole environment; later sources win, but none over what keeps the bottle in order. */
export function agentEnvironment({
  proxy,
  locale,
  gitUser,
  provider,
  manifest,
}: EnvironmentSources): Record<string, string> {
  const url = `http://${proxy.host}:${proxy.port}`;
  return {
    ...locale,
    ...(gitUser && {
      GIT_AUTHOR_NAME: gitUser.name,
      GIT_AUTHOR_EMAIL: gitUser.email,
      GIT_COMMITTER_NAME: gitUser.name,
      GIT_COMMITTER_EMAIL: gitUser.email,
    }),
    ...provider,
    ...manifest,
    HTTPS_PROXY: url,
    https_proxy: url,
  };
}
