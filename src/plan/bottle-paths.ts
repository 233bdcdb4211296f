/** Where things lie inside a bottle. Everything of ours is in one read-only folder. */
const ours = '/run/bot-bottle';

export const bottlePaths = {
  ours,
  home: '/home/agent',
  workspace: '/workspace',
  /** Our own Node, last in PATH: a machine's own comes first. */
  programs: `${ours}/bin`,
  node: `${ours}/bin/node`,
  init: `${ours}/init.cjs`,
  nodeProxy: `${ours}/node-proxy.cjs`,
  /** Every certificate that is trusted inside: the machine's, extra ones, and the bottle's own. */
  certificates: `${ours}/ca-certificates.crt`,
  /** Hides the placeholders of protected paths from `git status`. */
  gitExcludes: `${ours}/git-excludes`,
  proxySocket: `${ours}/sockets/proxy`,
} as const;
